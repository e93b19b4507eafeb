/** Reads the file as it is on disk now; null where it is absent, binary or too large to be shown. */
export type Disk = (path: string) => { sha256: string; text: string } | null
