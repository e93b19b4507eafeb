import type { Param } from '../ir/ir.ts'

/** What a framework hands to a function: a request, a response, or both in one. `web.input`: a value from a remote person. */
export type Role =
  | 'web.req'
  | 'web.res'
  | 'web.ctx'
  | 'web.input'
  | 'web.event'
  | 'web.form'
  | 'py.request'
  | 'web.number'

const byName: readonly [RegExp, Role][] = [
  [/^_?(?:req|request)$/, 'web.req'],
  [/^form_?[dD]ata$/, 'web.form'],
  [/^_?(?:res|resp|response|reply)$/, 'web.res'],
  [/^(?:ctx|context)$/, 'web.ctx'],
]

const byType: readonly [RegExp, Role][] = [
  [
    /^(?:Request|FastifyRequest|NextApiRequest|NextRequest|IncomingMessage|ExpressRequest|AuthenticatedRequest|AuthRequest|HttpRequest|WSGIRequest|GetServerSidePropsContext|LoaderFunctionArgs|ActionFunctionArgs|LoaderArgs|ActionArgs|RequestEvent|PageServerLoadEvent|LoadEvent)$/,
    'web.req',
  ],
  [/^(?:Response|FastifyReply|NextApiResponse|ServerResponse)$/, 'web.res'],
  [/^(?:Context|ParameterizedContext|RouterContext|HonoContext)$/, 'web.ctx'],
  [/^(?:APIGatewayProxyEvent|APIGatewayProxyEventV2|APIGatewayEvent)$/, 'web.event'],
]

/** What a parameter is by its name and declared type; null where it is nothing of a framework. */
export function roleOfParam(param: Param): Role | null {
  const type =
    param.type?.kind === 'name' ? param.type.name : param.type?.kind === 'member' ? param.type.name : null
  const typed = type === null ? undefined : byType.find(([pattern]) => pattern.test(type))
  if (typed !== undefined) return typed[1]
  if (param.target.kind === 'fields' && param.target.fields.some((one) => one.key === 'searchParams'))
    return 'web.req'
  return param.name === null
    ? null
    : (byName.find(([pattern]) => pattern.test(param.name ?? ''))?.[1] ?? null)
}

/** Decorators of parameters that put input there (Nest). */
export const inputDecorator =
  /^(?:Body|Query|Param|Headers|UploadedFile|UploadedFiles|RawBody|Cookies|MessageBody|Args|Payload)$/
export const requestDecorator = /^(?:Req|Request)$/
export const responseDecorator = /^(?:Res|Response)$/
/** Pipes and types that let only numbers and the like through. */
export const safePipe = /^(?:ParseIntPipe|ParseUUIDPipe|ParseBoolPipe|ParseFloatPipe|ParseEnumPipe)$/
export const safeType =
  /^(?:number|boolean|int|float|bool|UUID|UUID4|Decimal|date|datetime|conint|PositiveInt|Literal)$/
/** Decorators of Python functions that are called with input. */
export const routeDecorator = /(?:^|\.)(?:route|get|post|put|delete|patch|websocket|api_route|head|options)$/
/** Parameters whose name says that a stranger chose them. */
export const untrustedName =
  /^(?:user_?(?:input|supplied|provided|controlled|data)\w*|untrusted\w*|tainted\w*|raw_?(?:input|user\w*)|attacker\w*|from_?user)$/i
