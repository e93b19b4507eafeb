import type { ChatTraits } from './codec/chat.ts'
import type { Wire } from './codec/codec.ts'

/** What is known about a provider by name. */
export interface Provider {
  wire: Wire
  /** Where its API lives; null where the user has to say it. */
  baseUrl: string | null
  /** Environment variables that hold its key, first match wins; empty where no key is needed. */
  keys: readonly string[]
  /** Whether it works without a key. */
  keyless: boolean
  chat: ChatTraits
}

const PLAIN: ChatTraits = { echoReasoning: false, limitField: 'max_tokens', cacheKey: false }
const ECHO: ChatTraits = { ...PLAIN, echoReasoning: true }
const OPENAI: ChatTraits = { echoReasoning: false, limitField: 'max_completion_tokens', cacheKey: true }

const hosted = (
  baseUrl: string,
  keys: readonly string[],
  chat: ChatTraits,
  wire: Wire = 'chat',
): Provider => ({
  wire,
  baseUrl,
  keys,
  keyless: false,
  chat,
})
const local = (port: number, keys: readonly string[]): Provider => ({
  wire: 'chat',
  baseUrl: `http://127.0.0.1:${port}/v1`,
  keys,
  keyless: true,
  chat: ECHO,
})

/** All providers that `createModel` knows by name. */
export const PROVIDERS: { readonly [name: string]: Provider } = {
  openai: hosted('https://api.openai.com/v1', ['OPENAI_API_KEY'], OPENAI, 'responses'),
  anthropic: hosted('https://api.anthropic.com/v1', ['ANTHROPIC_API_KEY'], PLAIN, 'messages'),
  google: hosted(
    'https://generativelanguage.googleapis.com/v1beta',
    ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY'],
    PLAIN,
    'gemini',
  ),
  openrouter: hosted('https://openrouter.ai/api/v1', ['OPENROUTER_API_KEY'], ECHO),
  deepseek: hosted('https://api.deepseek.com/v1', ['DEEPSEEK_API_KEY'], ECHO),
  mistral: hosted('https://api.mistral.ai/v1', ['MISTRAL_API_KEY'], PLAIN),
  groq: hosted('https://api.groq.com/openai/v1', ['GROQ_API_KEY'], PLAIN),
  xai: hosted('https://api.x.ai/v1', ['XAI_API_KEY'], PLAIN),
  moonshot: hosted('https://api.moonshot.ai/v1', ['MOONSHOT_API_KEY'], ECHO),
  qwen: hosted('https://dashscope-intl.aliyuncs.com/compatible-mode/v1', ['DASHSCOPE_API_KEY'], PLAIN),
  zai: hosted('https://api.z.ai/api/paas/v4', ['ZAI_API_KEY', 'ZHIPU_API_KEY'], ECHO),
  ollama: local(11434, ['OLLAMA_API_KEY']),
  lmstudio: local(1234, ['LMSTUDIO_API_KEY']),
  llamacpp: local(8080, ['LLAMA_API_KEY']),
  vllm: local(8000, ['VLLM_API_KEY']),
  'openai-compatible': {
    wire: 'chat',
    baseUrl: null,
    keys: ['OPENAI_COMPATIBLE_API_KEY'],
    keyless: true,
    chat: ECHO,
  },
}
