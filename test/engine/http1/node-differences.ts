import { METHODS } from 'node:http'
import { fieldValues } from '../../../shared/fields.js'
import type { Conversation, Message, OurConversation } from './reading.js'

export type Agreement = 'both accept, same reading' | 'both reject' | 'we reject only' | 'we accept only' | 'read differently'

/** Where the two readings part. */
interface Parting {
  /** The input from where the first message that just one of them took begins. */
  readonly text: string
  /** That message, as whoever took it read it; undefined where nothing but a stray line end is left. */
  readonly message: Message | undefined
  /** The message before it. */
  readonly previous: Message | undefined
}

interface Rule {
  /** What we, or Node, stopped with. */
  readonly stopped: string
  readonly because: string
  /** Whether the parting really has this cause. */
  readonly holds: (parting: Parting) => boolean
}

const has = (message: Message | undefined, lower: string): string[] => (message === undefined ? [] : fieldValues(message.fields, lower))

/** Node takes them, we do not. */
export const weRejectOnly: readonly Rule[] = [
  {
    stopped: 'twoHosts',
    because: 'a request with two Hosts must be refused (RFC 9112 §3.2); Node keeps the first',
    holds: ({ message }) => has(message, 'host').length > 1
  },
  {
    stopped: 'badHost',
    because: 'so must an invalid Host (RFC 9112 §3.2); Node does not look at it',
    holds: ({ message }) => has(message, 'host').some((host) => /[^\w.-]/.test(host))
  },
  {
    stopped: 'badTransferEncoding',
    because:
      'anything but one `chunked`, and any coding in HTTP/1.0, is where readers part (RFC 9112 §6.1); Node looks for a last `chunked`',
    holds: ({ message }) => message?.version === 'HTTP/1.0' || has(message, 'transfer-encoding').join().toLowerCase() !== 'chunked'
  },
  {
    stopped: 'badVersion',
    because: 'Node takes HTTP/0.9, with or without saying so, and HTTP/2.0 as if it were 1.1',
    holds: ({ message }) => message !== undefined && message.version !== 'HTTP/1.1' && message.version !== 'HTTP/1.0'
  },
  {
    stopped: 'badTarget',
    because: 'one space stands between the parts of a request line (RFC 9112 §3); Node takes more',
    holds: ({ text, message }) =>
      message !== undefined && [`  ${message.target}`, `${message.target}  `].some((part) => text.includes(part))
  },
  {
    stopped: 'notHttp',
    because: 'two empty lines before a request are skipped (RFC 9112 §2.2 asks for one); Node skips any number',
    holds: ({ text }) => text.startsWith('\r\n\r\n\r\n')
  },
  {
    stopped: 'bareLf',
    because: 'a line ends with CRLF; Node takes LF alone for an empty line before a request, and behind one of HTTP/0.9',
    holds: ({ text, message }) => /^(?:\r\n){0,2}\n/.test(text) || message?.version === 'HTTP/0.9'
  },
  {
    stopped: 'bareCr',
    because: 'an empty line before a request ends with CRLF; Node skips CR alone',
    holds: ({ text }) => /^(?:\r\n){0,3}\r(?!\n)/.test(text)
  },
  {
    stopped: 'chunkLineTooLong',
    because: 'a chunk size has 16 digits at most; Node takes any number of leading zeros',
    holds: ({ text }) => /\r\n0{2,}[\da-fA-F]{15}/.test(text)
  },
  {
    stopped: 'tooManyFields',
    because: 'we count fields, Node their bytes',
    holds: ({ message }) => message !== undefined && message.fields.length > 200
  }
]

/** We take them, Node does not. */
export const weAcceptOnly: readonly Rule[] = [
  {
    stopped: 'HPE_INVALID_METHOD',
    because: 'any token is a method (RFC 9110 §9.1); Node has a list',
    holds: ({ message }) => message !== undefined && !METHODS.includes(message.method)
  },
  {
    stopped: 'HPE_INVALID_URL',
    because: 'the form of a target is for the dialect to judge, as its server does; Node judges it while reading',
    holds: ({ message }) => message !== undefined && !/^(?:\/[!-~]*|\*|[a-z]+:\/\/[\w.:-]+(?:\/[!-~]*)?)$/i.test(message.target)
  },
  {
    stopped: 'HPE_UNEXPECTED_CONTENT_LENGTH',
    because: 'lengths that say the same are one (RFC 9110 §8.6)',
    holds: ({ message }) => has(message, 'content-length').length > 1
  },
  {
    stopped: 'HPE_INVALID_CHUNK_SIZE',
    because: 'spaces behind a chunk size are taken, as httpd and nginx do',
    holds: ({ text }) => /\r\n[\da-f]+[ \t]+[;\r]/i.test(text)
  },
  {
    stopped: 'HPE_STRICT',
    because: 'chunk extensions are ignored, so their form is, too',
    holds: ({ text }) => /\r\n[\da-f]+;/i.test(text)
  },
  {
    stopped: 'HPE_CLOSED_CONNECTION',
    because: 'whether a request follows the last one of a connection is for the engine to know',
    holds: ({ previous }) => previous !== undefined && isLast(previous)
  }
]

/** RFC 9112 §9.3. */
function isLast(message: Message): boolean {
  const options = has(message, 'connection').join().toLowerCase()
  return options.includes('close') || (message.version === 'HTTP/1.0' && !options.includes('keep-alive'))
}

/** How the two readings of one input compare. Whatever we read, Node must read alike or have refused before it. */
export function agreementOf(ours: Conversation, node: Conversation): Agreement {
  const shared = Math.min(ours.messages.length, node.messages.length)
  if (JSON.stringify(ours.messages.slice(0, shared)) !== JSON.stringify(node.messages.slice(0, shared))) return 'read differently'
  if (ours.stopped === null && node.stopped === null)
    return ours.messages.length === node.messages.length ? 'both accept, same reading' : 'read differently'
  if (node.stopped === null) return ours.messages.length <= node.messages.length ? 'we reject only' : 'read differently'
  if (ours.stopped === null) return 'we accept only'
  // Both stop in the end; one of them may have taken more before.
  if (ours.messages.length === node.messages.length) return 'both reject'
  return ours.messages.length < node.messages.length ? 'we reject only' : 'we accept only'
}

/** The rule that explains a difference, or undefined. */
export function explained(input: Buffer, ours: OurConversation, node: Conversation): Rule | undefined {
  const weStopped = agreementOf(ours, node) === 'we reject only'
  const at = weStopped ? ours.messages.length : node.messages.length
  const longer = weStopped ? node.messages : ours.messages
  const message = longer[at]
  const parting = { text: input.toString('latin1', weStopped ? ours.at : 0), message, previous: longer[at - 1] }
  const stopped = weStopped ? ours.stopped : node.stopped
  return (weStopped ? weRejectOnly : weAcceptOnly).find((rule) => rule.stopped === stopped && rule.holds(parting))
}
