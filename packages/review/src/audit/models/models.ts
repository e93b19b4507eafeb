import type { Language } from '../ir/ir.ts'
import { bit } from './kinds.ts'
import { callRuleModels } from './call-rules.ts'
import { ModelTable, splitName } from './match-callee.ts'
import type { CallRule, SanitizerModel, SinkModel, SourceModel } from './model.ts'
import { receivers } from './receivers.ts'
import { sanitizerModels } from './sanitizers.ts'
import { javascriptSinks } from './sinks-javascript.ts'
import { pythonSinks } from './sinks-python.ts'
import { answerSinks } from './sinks-answers.ts'
import { sourceModels } from './sources.ts'
import type { Value } from '../engine/value.ts'
import { unknown } from '../engine/value.ts'

/** All models, indexed. */
export interface Models {
  sinks: Readonly<Record<Language, ModelTable<SinkModel>>>
  sanitizers: ModelTable<SanitizerModel>
  callRules: ModelTable<CallRule>
  /** The tainted value of a reference that is a source; null where it is none. */
  sourceTaint(ref: string, file: string, at: number): Value | null
  /** Calls whose result is not made of their arguments: stores, files, networks, logs. */
  silent(refs: readonly string[], written: string | null): boolean
}

const silentReceivers = ['$db', '$mongo', '$http', '$log', '$storage', '$ldap', '$hash', '$jwt'].map(
  (name) => receivers[name],
)
const silentNames =
  /^(?:fs|fs\.promises|fs-extra|child_process|subprocess|os|shutil|crypto|hashlib|hmac|secrets|bcrypt|bcryptjs|argon2|nodemailer|web\.res|open|fetch|flask\.(?:render_template|jsonify|redirect|abort|session)|django\.shortcuts\.(?:render|get_object_or_404)|print|uuid)\b/
const silentMethods =
  /^(?:find\w*|query|execute\w*|fetch\w*|get_object_or_404|save|create|update\w*|insert\w*|delete\w*|count|send\w*|authenticate|login|objects)$/

/** Parts of a request that no parser makes objects of. */
const alwaysText =
  /(?:^|\.)(?:params|pathParameters|path_params|match_info|headers|header\(\)|path|pathname|url|originalUrl|hostname|host|search|hash|href)$/

/** What Python's frameworks give out of forms and addresses, one text for each name. */
const pythonText =
  /^(?:flask\.request|py\.request|quart\.request|bottle\.request)\.(?:args|form|values|GET|POST|COOKIES|cookies|query_params|match_info|rel_url|query|forms|params|get_argument\(\)|get_(?:query|body)_argument\(\)|kwargs|view_args|QUERY_PARAMS)$/

const fromHeaders =
  /(?:^|\.)(?:headers|cookies|signedCookies|get\(\)|header\(\)|host|hostname|META|COOKIES|user_agent|referrer)$/

/** Indexes the models; they are data, see the files beside this one. */
export function loadModels(): Models {
  const sources = new ModelTable<SourceModel>(sourceModels, (model) => model.refs)
  const cache = new Map<string, SourceModel | null>()
  return {
    sinks: {
      javascript: new ModelTable([...javascriptSinks, ...answerSinks], (model) => model.call),
      python: new ModelTable(pythonSinks, (model) => model.call),
    },
    sanitizers: new ModelTable(sanitizerModels, (model) => model.call),
    callRules: new ModelTable(callRuleModels, (model) => model.call),
    sourceTaint(ref, file, at) {
      let model = cache.get(ref)
      if (model === undefined) {
        model = sources.find([ref], null, false)[0] ?? null
        cache.set(ref, model)
      }
      if (model === null) return null
      const label =
        model.label === '' ? ref.replace(/^(?:web|py)\./, '').replace(/^req\./, 'request ') : model.label
      const step = { file, at, what: label, before: null }
      return {
        ...unknown,
        taint: [
          {
            source: { category: model.category, label, file, at },
            last: step,
            // No parser of requests lets line breaks into the values of headers.
            clear: fromHeaders.test(ref) ? bit('header') : 0,
            marks: alwaysText.test(ref) || pythonText.test(ref) ? 2 : 0,
          },
        ],
      }
    },
    silent(refs, written) {
      const names = written === null ? refs : [...refs, written]
      // `request` is what came in, unless it is the library of that name that is asked to send something.
      if (/^(?:self\.)?request\.(?!(?:get|post|put|patch|del|delete|head|defaults)$)/.test(written ?? ''))
        return false
      if (refs.some((ref) => /^(?:web\.(?:req|ctx|event)|py\.request|flask\.request)\b/.test(ref)))
        return false
      return names.some((name) => {
        if (silentNames.test(name)) return true
        const [receiver, method] = splitName(name)
        return silentReceivers.some((pattern) => pattern?.test(receiver) === true) &&
          !/^(?:args|params|json|group)$/.test(method)
          ? true
          : receiver !== '' && silentMethods.test(method) && !/^(?:re|web|py)\b|taint/.test(receiver)
      })
    },
  }
}
