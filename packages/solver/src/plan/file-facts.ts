import type { FileFacts } from '../operators/mutation.ts'
import { child, children, field, isCall, isFunction, isMember, nameOf, type Node } from '../syntax/node.ts'
import { boundNames, unusedNames } from '../syntax/scope.ts'
import { parentOf, textOf, type SourceFile } from '../syntax/source-file.ts'

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}

/** The function that a name stands for, where the file itself declares it. */
function declaredFunction(node: Node, parent: Node | null): string {
  if (node.type === 'FunctionDeclaration') return nameOf(child(node, 'id'))
  if (/^(?:ObjectMethod|Class(?:Private)?Method)$/.test(node.type)) return nameOf(child(node, 'key'))
  if (parent?.type === 'VariableDeclarator') return nameOf(child(parent, 'id'))
  return parent?.type.endsWith('Property') === true ? nameOf(child(parent, 'key')) : ''
}

/** One pass over a file for what operators draw from. */
export function fileFacts(file: SourceFile): FileFacts {
  const propertiesOf = new Map<string, Set<string>>()
  const properties = new Map<string, number>()
  const methods = new Map<string, number>()
  const numbers = new Map<string, number>()
  const strings = new Map<string, number>()
  const functions = new Map<string, { params: string[]; async: boolean }>()
  const conditions: Node[] = []
  const unused = new Set<string>()
  const own = (object: string, name: string): void => {
    const names = propertiesOf.get(object) ?? new Set()
    propertiesOf.set(object, names.add(name))
  }
  for (const site of file.sites) {
    const { node, key } = site
    const parent = parentOf(site)
    if (isMember(node)) {
      const [object, property] = [child(node, 'object'), child(node, 'property')]
      const name = node['computed'] === true ? '' : nameOf(property)
      if (object !== null && node['computed'] === true) own(textOf(file, node), '')
      if (object === null || name === '') continue
      const called = isCall(parent) && key === 'callee'
      count(called ? methods : properties, name)
      own(textOf(file, object), name)
    } else if (node.type === 'ObjectProperty' && node['computed'] !== true) {
      count(properties, nameOf(child(node, 'key')))
    } else if (node.type === 'ClassProperty' || node.type === 'ClassPrivateProperty')
      own('this', nameOf(child(node, 'key')))
    else if (node.type === 'NumericLiteral') count(numbers, String(node['value']))
    else if (node.type === 'StringLiteral' && parent?.type !== 'ImportDeclaration')
      count(strings, field(node, 'value'))
    else if (isFunction(node)) {
      const name = declaredFunction(node, parent)
      if (name !== '')
        functions.set(name, {
          params: children(node, 'params').map((param) => boundNames(param)[0] ?? ''),
          async: node['async'] === true,
        })
      if (node.type === 'ClassMethod') own('this', name)
      for (const each of unusedNames(node, file)) unused.add(each)
    }
    if (key === 'test' && parent?.type !== 'ForStatement' && parent?.type !== 'SwitchCase')
      conditions.push(node)
  }
  properties.delete('')
  return { propertiesOf, properties, methods, numbers, strings, functions, conditions, unused }
}
