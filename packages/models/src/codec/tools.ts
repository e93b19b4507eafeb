import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import type { ToolDeclaration } from '../model.ts'
import { FREEFORM_SCHEMA } from './arguments.ts'

/** A tool as a JSON function; a freeform one becomes a function with one string, its grammar told in words. */
export function toFunctionTool(tool: ToolDeclaration): LanguageModelV4FunctionTool {
  if (!tool.freeform) {
    return { type: 'function', name: tool.name, description: tool.description, inputSchema: tool.schema }
  }
  return {
    type: 'function',
    name: tool.name,
    description: `${tool.description}\n\n"input" follows this ${tool.freeform.syntax} grammar:\n${tool.freeform.definition}`,
    inputSchema: FREEFORM_SCHEMA,
  }
}
