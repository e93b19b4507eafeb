import { writtenName, type Hit } from '../engine/machine.ts'
import { bodyOf, ingredients, optionIn, type Outline } from './outline.ts'

const checked =
  /\ballowed|extname|extension|splitext|suffix|mime_?type|content_?type|imghdr|\bmagic\b|file-type|fileType|endswith|rsplit\(['"]\.|\.verify\(\)|Image\.open|sharp\(|validators?\b|whitelist|FileExtensionValidator/i

const stores =
  /(?:^|\.)(?:rename|renameSync|copyFile|copyFileSync|move|writeFile|writeFileSync|createWriteStream)$/

/** Uploads that are stored whatever they are, so that a program or page among them may be run or shown. */
export function findFreeUploads(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) =>
    outlined.file.language === 'python' ? pythonUploads(outlined) : javascriptUploads(outlined),
  )
}

function javascriptUploads(outlined: Outline): Hit[] {
  const hits: Hit[] = []
  const hit = (at: number, sink: string) =>
    hits.push({ rule: 'unrestricted-upload', file: outlined.file.path, at, taint: null, sink })
  const looks = checked.test(outlined.code.replace(/['"]content-?type['"]/gi, ''))
  for (const { expr, name, written, fn } of outlined.calls) {
    if (/^multer(?:\.default)?$/.test(name)) {
      const storage = optionIn(expr, 'storage')
      const memory =
        storage !== null && ingredients(outlined, storage, null).some((one) => one === 'memoryStorage')
      if (memory || looks || optionIn(expr, 'fileFilter') !== null || expr.args.length === 0) continue
      hit(expr.at, 'multer')
    } else if (/^FileInterceptor$|\.FileInterceptor$|FilesInterceptor$/.test(name)) {
      const options = expr.args.find((arg) => arg.value.kind === 'object')
      if (options === undefined || looks || optionIn(expr, 'fileFilter') !== null) continue
      if (optionIn(expr, 'dest') !== null || optionIn(expr, 'storage') !== null) hit(expr.at, written)
    } else if (
      stores.test(written) &&
      /formidable|busboy|multiparty|fileupload|@fastify\/multipart/.test(outlined.code)
    ) {
      const names = expr.args.flatMap((arg) => ingredients(outlined, arg.value, fn))
      const kept = names.some((one) => /^(?:originalFilename|originalname|filename)$/.test(one))
      if (fn !== null && kept && !checked.test(bodyOf(outlined, fn))) hit(expr.at, written)
    } else if (
      written.endsWith('.mv') &&
      fn !== null &&
      /req(?:uest)?\.files/.test(outlined.code) &&
      !checked.test(bodyOf(outlined, fn))
    )
      hit(expr.at, written)
  }
  return hits
}

function pythonUploads(outlined: Outline): Hit[] {
  const hits: Hit[] = []
  if (!/request\.files|request\.FILES|UploadFile|\bFileStorage\b/.test(outlined.code)) return []
  for (const { expr, written, fn } of outlined.calls) {
    if (fn === null) continue
    const body = bodyOf(outlined, fn)
    const uploaded =
      /request\.files|request\.FILES/.test(body) ||
      fn.params.some((param) =>
        /UploadFile/.test(param.type === undefined ? '' : (writtenName(param.type) ?? '')),
      )
    if (!uploaded || checked.test(body)) continue
    if (/secure_filename|basename/.test(body) && !/static|public|www|htdocs|MEDIA/.test(body)) continue
    const name = expr.args[0] === undefined ? [] : ingredients(outlined, expr.args[0].value, fn)
    const keepsName = name.some((one) => one === 'filename' || one === 'name')
    if (
      written.endsWith('.save')
        ? expr.args.length > 0 && keepsName
        : /^(?:open|aiofiles\.open)$/.test(written) && keepsName && name.includes('filename')
    )
      hits.push({
        rule: 'unrestricted-upload',
        file: outlined.file.path,
        at: expr.at,
        taint: null,
        sink: written,
      })
  }
  return hits
}
