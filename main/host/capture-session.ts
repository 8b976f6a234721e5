import { missedOf } from '../capture/ring/ring.js'
import type { MissedCounters } from '../capture/ring/ring.js'
import { createSignals } from '../capture/signals.js'
import { startReader, startWriter } from '../capture/threads.js'
import type { ReaderThread, WriterThread } from '../capture/threads.js'
import type { SessionFacts } from '../../shared/contract.js'
import type { SwitchyardError } from '../../shared/errors.js'

export {}
