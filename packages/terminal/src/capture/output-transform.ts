/** Changes the bytes of one process on their way into captures and blobs, so that nothing else is ever kept. */
export interface OutputTransform {
  push(chunk: Uint8Array): Uint8Array
  /** Control goes back while the process runs: gives what need not wait for what follows. */
  flush(): Uint8Array
  end(): Uint8Array
}
