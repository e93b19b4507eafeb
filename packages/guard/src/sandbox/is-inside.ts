/** Whether `path` is `folder` or lies below it. Both absolute and normalised. */
export const isInside = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
