import type { SinkModel } from './model.ts'

/** Calls of JavaScript and TypeScript that answer requests, unpack what was sent, or look records up. */
export const answerSinks: readonly SinkModel[] = [
  {
    rule: 'error-exposure',
    kind: 'exposure',
    call: [
      'web.res.{send,json,jsonp,end,write}',
      '$res.{send,json,jsonp,end}',
      'web.ctx.{json,text,html,send}',
      '{NextResponse,Response}.json',
      'next/server.NextResponse.json',
      '{NextResponse,Response}',
      'next/server.NextResponse',
    ],
    args: [0],
    deep: true,
  },
  {
    rule: 'header-injection',
    kind: 'header',
    call: ['web.res.{setHeader,set,header,append}', 'web.ctx.{set,header}', 'web.ctx.response.set'],
    args: [1],
    first: /^(?!(?:location|access-control-[\w-]+)$)/i,
    strangers: true,
  },
  {
    rule: 'header-injection',
    kind: 'header',
    call: ['net.{connect,createConnection}().write', 'net.Socket().write', 'tls.connect().write'],
    args: [0],
    strangers: true,
  },
  {
    rule: 'cors-reflected',
    kind: 'cors',
    call: [
      'web.res.{setHeader,set,header,append}',
      'web.ctx.{set,header}',
      'web.ctx.response.set',
      '$res.{setHeader,header,set}',
    ],
    args: [1],
    first: /^access-control-allow-origin$/i,
    strangers: true,
  },
  {
    rule: 'decompression-bomb',
    kind: 'bomb',
    call: [
      'zlib.{gunzipSync,unzipSync,inflateSync,inflateRawSync,brotliDecompressSync,gunzip,unzip,inflate,inflateRaw,brotliDecompress}',
      'pako.{ungzip,inflate,inflateRaw}',
      'fflate.{gunzipSync,unzipSync,decompressSync}',
      'jszip.loadAsync',
      'jszip().loadAsync',
    ],
    args: [0],
    unless: { maxOutputLength: /./ },
    body: /uncompressedSize|max_?(?:size|bytes|output|length)|\b(?:MAX|LIMIT)_?\w*/i,
    strangers: true,
  },
  {
    rule: 'missing-owner-check',
    kind: 'object',
    call: [
      '*.{findById,findByPk,findByIdAndUpdate,findByIdAndDelete,findByIdAndRemove,findOneBy,findOneByOrFail,findOneOrFail,findUnique,findUniqueOrThrow,findFirst,findOne,findOneAndDelete,findOneAndUpdate,deleteOne,updateOne}',
    ],
    args: [0],
    deep: true,
    strangers: true,
  },
  {
    rule: 'missing-owner-check',
    kind: 'object',
    call: ['$db.{query,get,one,oneOrNone,execute,run}'],
    args: [1],
    deep: true,
    strangers: true,
  },
]
