import { bits, everything } from '../models/kinds.ts'
import { filtered } from './filtered.ts'
import { replacedKinds, type CallSite } from './call-site.ts'
import { elements, joinTexts } from './texts.ts'
import { stepped, type ArgValue, type Machine } from './machine.ts'
import {
  cleared,
  deepTaint,
  join,
  joinAll,
  joinTaints,
  marked,
  marks,
  newHeap,
  ofHeap,
  onlyTaint,
  unknown,
  type Value,
} from './value.ts'

const truth =
  /^(?:includes|indexOf|lastIndexOf|startsWith|startswith|endsWith|endswith|test|some|every|has|hasOwnProperty|isdigit|isalpha|isalnum|isnumeric|charCodeAt|codePointAt|localeCompare|count|index|isinstance|issubclass|callable|hasattr|typeof|len|length|all|any|exists|existsSync|isArray|isNaN|ord|abs|sum|round|hash|id|bool|search_count|compare|timingSafeEqual|verify|compareSync|check_password|check_password_hash|checkpw|delete|clear|exit|print)$/
const sameList =
  /^(?:filter|slice|concat|reverse|sort|toSorted|toReversed|flat|copy|values|entries|keys|items|list|set|tuple|sorted|reversed|enumerate|iter|dict|union|splice|fill|freeze|seal|all|allSettled|race|resolve|from|of|fromEntries|cast|next|chain|islice)$/
const element = /^(?:find|findLast|pop|shift|at|popleft|reduce_right|next|max|min|setdefault)$/
const perElement =
  /^(?:map|forEach|filter|find|findIndex|findLast|some|every|flatMap|sort|each|mapSeries|eachSeries)$/
const puts = /^(?:push|unshift|append|add|insert|extend|appendleft|update|splice)$/
const sameText =
  /^(?:trim|trimStart|trimEnd|toString|toLowerCase|toUpperCase|lower|upper|strip|lstrip|rstrip|title|capitalize|substring|substr|padStart|padEnd|repeat|normalize|encode|decode|valueOf|expandtabs|removeprefix|removesuffix|ljust|zfill|swapcase|casefold|toSorted|at|charAt|slice|split|splitlines|rsplit|partition|rpartition|match|matchAll|exec|group|groups|groupdict|read|readlines|readline|getvalue|text|clone|getlist|to_dict|dict|model_dump|copy|json|toJSON|tolist|as_posix|hex|name)$/

/** Calls of what the languages bring along; null where it is none of them. */
export function builtinCall(
  machine: Machine,
  { expr, receiver, callee, args, written, frame }: CallSite,
): Value | null {
  const method = expr.callee.kind === 'member' ? expr.callee.name : (written ?? '')
  const [first, second] = args
  const list = receiver ?? unknown
  const at = expr.at
  const call = (arg: ArgValue | undefined, values: readonly Value[]): Value =>
    (arg?.value.fns ?? []).reduce(
      (sum: Value, closure) =>
        join(
          sum,
          machine.invoke(
            closure,
            values.map((value) => ({ value, expr: null })),
            frame,
            at,
          ),
        ),
      unknown,
    )

  if (receiver !== null) {
    if (/^(?:then|finally|catch)$/.test(method)) {
      const value = call(first, [method === 'then' ? list : { ...unknown, refs: ['error'] }])
      return method === 'then' ? value : join(list, value)
    }
    if (method === 'call' || method === 'apply' || method === 'bind') {
      if (method === 'bind') return { ...list }
      const rest =
        method === 'call'
          ? args.slice(1)
          : second === undefined
            ? []
            : [{ value: elements(second.value), expr: null, spread: true }]
      return list.fns.reduce(
        (sum: Value, closure) => join(sum, machine.invoke(closure, rest, frame, at, first?.value ?? null)),
        unknown,
      )
    }
    // A stream that goes through another is that other one.
    if ((method === 'pipe' || method === 'pipeThrough') && first !== undefined) return first.value
    if (perElement.test(method) && (first?.value.fns.length ?? 0) > 0) {
      const item = { ...elements(list), refs: list.refs.map((ref) => `${ref}[]`) }
      const value = call(first, [item, unknown, list])
      if (method === 'map' || method === 'flatMap') {
        const heap = newHeap(true)
        heap.rest = method === 'map' ? value : join(elements(value), onlyTaint(value.taint))
        return ofHeap(heap)
      }
      if (method === 'filter') {
        const item = { ...elements(list), refs: list.refs.map((ref) => `${ref}[]`) }
        return filtered(machine, list, item, first?.value.fns ?? [], frame)
      }
      if (method === 'sort') return list
      return method.startsWith('find') ? item : unknown
    }
    if (method === 'reduce' && first !== undefined)
      return join(
        call(first, [join(second?.value ?? unknown, elements(list)), elements(list)]),
        second?.value ?? unknown,
      )
    if (puts.test(method) && list.heap.length > 0) {
      for (const arg of args) {
        const value =
          method === 'extend' || method === 'update' || arg.spread === true ? elements(arg.value) : arg.value
        machine.write(list.heap, null, value)
        if (method === 'update' && arg.name !== undefined) machine.write(list.heap, arg.name, arg.value)
      }
      return list
    }
    if (method === 'set' && second !== undefined && list.heap.length > 0) {
      machine.write(
        list.heap,
        typeof first?.value.constant === 'string' ? first.value.constant : null,
        second.value,
      )
      return list
    }
    if (
      (method === 'get' || method === 'pop' || method === 'setdefault') &&
      first !== undefined &&
      (list.heap.length > 0 || list.taint.length > 0)
    ) {
      const key = first.value.constant
      const found = typeof key === 'string' ? machine.member(list, key, frame, at) : elements(list)
      return join(found, second?.value ?? unknown)
    }
    if (/^(?:join)$/.test(method) && list.heap.length > 0) {
      const item = elements(list)
      const fields = list.heap.flatMap((heap) => [...heap.fields.values()])
      const separator = first?.value ?? { ...unknown, text: ',', constant: ',' }
      const parts = fields.flatMap((value, index) => (index === 0 ? [value] : [separator, value]))
      return list.heap.length === 1 && list.heap[0]?.rest === null
        ? joinTexts(parts)
        : { ...onlyTaint(marked(item.taint, marks.embedded | marks.text)), text: '\0' }
    }
    if (method === 'join' && list.text !== null && first !== undefined) {
      const taint = deepTaint(first.value, 2)
      return { ...onlyTaint(marked(taint, marks.embedded | marks.text)), text: '\0' }
    }
    if (method === 'format' && list.text !== null && list.refs.length === 0) {
      const pieces = list.text.split(/\{[^{}]*\}/)
      const values = args.map((arg) => arg.value)
      return joinTexts(
        pieces.flatMap((piece, index): Value[] => [
          { ...unknown, text: piece, constant: piece },
          ...(index < pieces.length - 1 ? [values[index] ?? joinAll(values)] : []),
        ]),
      )
    }
    if (/^(?:replace|replaceAll)$/.test(method) && callee.fns.length === 0) {
      const pattern = first?.value
      const global =
        method === 'replaceAll' ||
        machine.program.files.get(frame.file)?.language === 'python' ||
        /\/[a-z]*g[a-z]*$/.test('') ||
        (first?.expr?.kind === 'regex' && first.expr.flags.includes('g')) ||
        (pattern?.refs.includes('RegExp') === true && first?.expr?.kind === 'name')
      const kinds = pattern === undefined ? 0 : replacedKinds(pattern, global)
      const result = joinTaints(cleared(list.taint, kinds), second?.value.taint ?? [])
      return { ...onlyTaint(marked(result, marks.text)), text: list.text }
    }
    if (
      /^(?:charAt|at)$/.test(method) &&
      first?.value.taint.some((one) => one.source.category === 'random') === true
    )
      return onlyTaint(first.value.taint)
    if (element.test(method) && list.heap.length > 0) return elements(list)
    if (sameList.test(method) && list.heap.length > 0) return list
    if (sameText.test(method) && list.heap.length === 0 && (list.taint.length > 0 || list.text !== null)) {
      const text = /^(?:toString|trim|lower|upper|strip|toLowerCase|toUpperCase|encode|decode)$/.test(method)
        ? list.text
        : null
      return {
        ...onlyTaint(
          /^(?:json|dict|to_dict|model_dump|toJSON|match|groups)$/.test(method)
            ? list.taint
            : marked(list.taint, marks.text),
        ),
        text,
      }
    }
    if (method === 'length' || (truth.test(method) && callee.refs.length === 0)) return unknown
  }

  const name = callee.refs[0] ?? ''
  if (name === 'require' && typeof first?.value.constant === 'string')
    return machine.require(first.value.constant, frame.file)
  if (/^(?:Object|JSON|Array|Promise|Reflect|structuredClone|lodash|_|ramda)\b/.test(name)) {
    if (
      /^(?:Object\.(?:keys|values|entries|fromEntries|freeze|seal|create)|Array\.(?:from|of)|Promise\.\w+|structuredClone|lodash\.(?:cloneDeep|clone))$/.test(
        name,
      )
    ) {
      const value = first?.value ?? unknown
      if (name === 'Object.keys') return onlyTaint(value.taint)
      if (name.startsWith('Promise.') && value.heap.length > 0) return value
      if (/values|entries/.test(name)) {
        const heap = newHeap(true)
        const inner = newHeap(true)
        inner.rest = elements(value)
        if (name.endsWith('entries')) {
          inner.fields.set('0', onlyTaint(value.taint))
          inner.fields.set('1', elements(value))
        }
        heap.rest = name.endsWith('entries') ? { ...ofHeap(inner), taint: value.taint } : elements(value)
        return ofHeap(heap)
      }
      return second !== undefined && second.value.fns.length > 0 ? call(second, [elements(value)]) : value
    }
    if (name === 'JSON.parse')
      return onlyTaint((first?.value.taint ?? []).map((one) => ({ ...one, marks: one.marks & ~marks.text })))
    if (name === 'JSON.stringify')
      return {
        ...onlyTaint(
          cleared(marked(deepTaint(first?.value ?? unknown), marks.text), bits(['xss', 'nosql', 'log'])),
        ),
        text: '\0',
      }
    if (name === 'Object.assign') {
      const target = first?.value ?? unknown
      for (const arg of args.slice(1)) {
        for (const heap of arg.value.heap)
          for (const [key, value] of heap.fields) machine.write(target.heap, key, value)
        if (arg.value.taint.length > 0) machine.write(target.heap, null, onlyTaint(arg.value.taint))
      }
      return target
    }
  }
  if (
    /^(?:sorted|list|set|tuple|reversed|enumerate|dict|iter|frozenset|vars|copy\.(?:copy|deepcopy)|Set|Map|Array|Object|Promise)$/.test(
      name,
    )
  ) {
    const value = first?.value ?? unknown
    if (name === 'Promise') {
      let resolved: Value = unknown
      for (const closure of value.fns) {
        const heap = newHeap()
        const resolver: Value = { ...unknown, refs: ['promise.resolve'], heap: [heap] }
        const [parameter] = closure.fn.params
        machine.invoke(
          closure,
          [
            { value: resolver, expr: null },
            { value: unknown, expr: null },
          ],
          frame,
          at,
        )
        if (parameter !== undefined) resolved = join(resolved, heap.rest ?? unknown)
      }
      return resolved
    }
    if (name === 'dict' || (value === unknown && args.every((arg) => arg.name !== undefined))) {
      const heap = newHeap(name !== 'dict')
      for (const arg of args) {
        if (arg.name === '**' || arg.name === undefined)
          heap.rest = join(heap.rest ?? unknown, elements(arg.value))
        else heap.fields.set(arg.name, arg.value)
      }
      return ofHeap(heap)
    }
    if (name === 'Set' || name === 'Map') {
      const heap = newHeap(true)
      heap.rest = elements(value)
      return ofHeap(heap)
    }
    return value
  }
  if (name === 'URL' && typeof first?.value.constant === 'string' && first.value.constant.startsWith('/'))
    return { ...onlyTaint(cleared(second?.value.taint ?? [], bits(['ssrf', 'redirect']))), refs: ['URL()'] }
  if (name === 'promise.resolve') {
    machine.write(callee.heap, null, first?.value ?? unknown)
    return unknown
  }
  if (
    /^(?:String|str|unicode|repr|bytes|bytearray|Buffer\.from|Buffer|urllib\.parse\.unquote|decodeURIComponent|decodeURI|unescape|atob|btoa|util\.format|format|util\.inspect)$/.test(
      name,
    )
  ) {
    if (name === 'util.format') return joinTexts(args.map((arg) => arg.value))
    const javascript = machine.program.files.get(frame.file)?.language === 'javascript'
    const joined = joinAll(args.map((arg) => arg.value))
    const value =
      name === 'repr'
        ? { ...onlyTaint(cleared(deepTaint(joined, 1), bits(['log', 'header']))), text: joined.text }
        : name === 'String' && javascript && joined.refs.includes('error')
          ? unknown
          : joined
    return {
      ...onlyTaint(
        stepped(
          marked(joinTaints(value.taint, deepTaint(value, 1)), marks.text),
          frame.file,
          at,
          `passed through ${name}`,
        ),
      ),
      text: value.text,
    }
  }
  if (
    /(?:^|\.)(?:useMemo|useCallback|lazy|once|memoize|cache)$/.test(name) &&
    (first?.value.fns.length ?? 0) > 0
  )
    return name.endsWith('useMemo') ? call(first, []) : (first?.value ?? unknown)
  if (/^(?:map|filter|functools\.partial)$/.test(name) && second !== undefined) {
    const heap = newHeap(true)
    const value = call(first, [elements(second.value)])
    heap.rest = name === 'filter' ? elements(second.value) : value
    return ofHeap(heap)
  }
  if (/^(?:re\.sub)$/.test(name)) {
    const [pattern, , text] = args
    return onlyTaint(
      cleared(
        marked(text?.value.taint ?? [], marks.text),
        pattern === undefined ? 0 : replacedKinds(pattern.value, true),
      ),
    )
  }
  if (
    /^(?:setTimeout|setImmediate|setInterval|process\.nextTick|queueMicrotask|util\.promisify|promisify|asyncio\.(?:run|gather|create_task|wait_for)|asyncHandler|express-async-handler|getattr)$/.test(
      name,
    )
  ) {
    if (/promisify/.test(name)) return first?.value ?? unknown
    for (const arg of args) call(arg, [])
    return name === 'getattr' ? elements(first?.value ?? unknown) : (first?.value ?? unknown)
  }
  if (truth.test(name) || /^Number$|^parse(?:Int|Float)$|^(?:int|float)$/.test(name))
    return onlyTaint(
      cleared(
        joinAll(args.map((arg) => arg.value)).taint.filter(() => /Number|parse|int|float/.test(name)),
        everything & ~bits(['secret']),
      ),
    )
  return null
}
