import { child, children, isFunction, isMember, nameOf, type Node } from '../syntax/node.ts'
import { bindingsAt, isReference, type Binding } from '../syntax/scope.ts'
import { parentOf, type Site } from '../syntax/source-file.ts'
import { replaceNode, type Mutation, type Operator } from './mutation.ts'

const shown = 4

/** A value read here: a variable, or a property or element of something. */
function isRead(site: Site): boolean {
  const { node, key } = site
  const parent = parentOf(site)
  const written =
    /^(?:Assignment|Update)Expression$/.test(parent?.type ?? '') && (key === 'left' || key === 'argument')
  if (written || key === 'callee' || key === 'object') return false
  return isMember(node) || isReference(site)
}

function within(node: Node, outer: Node): boolean {
  return node.start >= outer.start && node.end <= outer.end
}

function mentions(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text[at + part.length] ?? ' '
    if (!/[\w$.]/.test(before) && !/[\w$]/.test(after)) return true
  }
  return false
}

/**
 * The value that was made from the one used here: `base` for `sums[i]` after `const base = sums[i] - discount`. Whoever
 * derives a value mostly means to use it.
 */
export const derivedValues: Operator = (site, { textOf }) => {
  if (!isRead(site)) return []
  const { node } = site
  const text = textOf(node)
  const derives = (binding: Binding): boolean =>
    binding.init !== null &&
    binding.kind === 'local' &&
    binding.name !== text &&
    !isFunction(binding.init) &&
    !within(node, binding.init) &&
    binding.init.end <= node.start &&
    mentions(textOf(binding.init), text)
  return bindingsAt(site)
    .filter(derives)
    .slice(0, shown)
    .map((binding) => replaceNode('name', node, binding.name, isMember(node) ? 0.6 : 0.4))
}

/** Names of numbers: written in capitals, with a number or a product of numbers as value. */
function isNamedNumber(binding: Binding): boolean {
  const isNumber = (node: Node | null): boolean =>
    node !== null &&
    (node.type === 'NumericLiteral' ||
      (node.type === 'BinaryExpression' && isNumber(child(node, 'left')) && isNumber(child(node, 'right'))))
  if (!/^[A-Z][A-Z0-9_]*$/.test(binding.name)) return false
  return binding.kind === 'import' || isNumber(binding.init)
}

/** A step by a number that has a name was forgotten: `end + DAY` for `end`, `limit - MARGIN` for `limit`. */
export const namedSteps: Operator = (site, { textOf }) => {
  const { node, key } = site
  const parent = parentOf(site)
  if (parent === null || !/^(?:Identifier|MemberExpression|CallExpression)$/.test(node.type)) return []
  if (node.type === 'Identifier' && !isReference(site)) return []
  const place =
    (parent.type === 'VariableDeclarator' && key === 'init') ||
    parent.type === 'ReturnStatement' ||
    (parent.type === 'ArrowFunctionExpression' && key === 'body') ||
    (parent.type === 'AssignmentExpression' && key === 'right') ||
    (parent.type === 'BinaryExpression' && /^[<>]=?$/.test(String(parent['operator'])))
  if (!place || children(node, 'arguments').some(isFunction)) return []
  const text = textOf(node)
  return bindingsAt(site)
    .filter((binding) => isNamedNumber(binding) && binding.name !== nameOf(node))
    .slice(0, shown)
    .flatMap(({ name }): Mutation[] => [
      replaceNode('boundary', node, `${text} + ${name}`, 0.3),
      replaceNode('boundary', node, `${text} - ${name}`, 0.2),
    ])
}
