import type { Context } from '@cairn/context'
import type { Terminal } from '@cairn/terminal'
import type { ModelInfo } from '@cairn/models'
import type { Workspace } from '@cairn/workspace'
import type { Tool, ToolLookup } from './tool.ts'
import { applyPatchTool } from './tools/apply-patch/apply-patch.ts'
import { editTool } from './tools/edit/edit.ts'
import { execTool, type CheckWatch } from './tools/exec/exec.ts'
import { finishTool } from './tools/finish/finish.ts'
import { listTool } from './tools/list/list.ts'
import { noteTool } from './tools/note/note.ts'
import { planTool } from './tools/plan/plan.ts'
import { readTool } from './tools/read/read.ts'
import { recallTool } from './tools/recall/recall.ts'
import { searchTool } from './tools/search/search.ts'
import { writeStdinTool } from './tools/write-stdin/write-stdin.ts'

/** The tools of a session, in a fixed order: the declared list is part of the cached prefix. */
export function createToolbox(deps: {
  terminal: Terminal
  workspace: Workspace
  context: () => Pick<Context, 'recall'>
  editTool: ModelInfo['editTool']
  /** Whether the model takes images. */
  images: boolean
  watch: CheckWatch | null
  extra: readonly Tool[]
  /** Which of them the session has. Default: all. */
  allows?: (tool: Tool) => boolean
}): Map<string, Tool> {
  const { terminal, workspace } = deps
  const tools: Tool[] = [
    execTool(terminal, workspace.root, deps.watch),
    writeStdinTool(terminal),
    readTool(workspace, deps.images),
    searchTool(workspace),
    listTool(workspace),
    deps.editTool === 'apply_patch' ? applyPatchTool(workspace) : editTool(workspace),
    planTool(),
    noteTool(),
    recallTool({ recall: (query) => deps.context().recall(query) }),
    finishTool(),
    ...deps.extra,
  ]
  return new Map(tools.filter(deps.allows ?? (() => true)).map((tool) => [tool.name, tool]))
}

/** The tools of a session with those that exist without being declared. What a session may not have it does not find. */
export const withUndeclared = (
  declared: ReadonlyMap<string, Tool>,
  more: { find(name: string): Tool | undefined } | null,
  allows: (tool: Tool) => boolean = () => true,
): ToolLookup => ({
  keys: () => declared.keys(),
  get(name) {
    const tool = declared.get(name) ?? more?.find(name)
    return tool !== undefined && allows(tool) ? tool : undefined
  },
})
