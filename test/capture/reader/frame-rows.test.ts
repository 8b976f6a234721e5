import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fromServer } from '../../../shared/records.js'
import type { FrameRow } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

test('a row shows the beginning of its payload: text as text, what is binary in hex, and what was inflated of either', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1, 'permessage-deflate; client_no_context_takeover; server_no_context_takeover')
  const bytes = Buffer.from([0, 10, 200, 255])
  const compressed = deflateRawSync(bytes, { finishFlush: 2 }).subarray(0, -4)
  const sent = [frame(1, 'ünï'), frame(2, bytes), frame(2, compressed, { rsv: 4 }), frame(2, Buffer.alloc(99, 1)), frame(2, '')]
  sent.forEach((each, at) => stage.bytes(1, fromServer, each, 1e15 + at))
  stage.commit()
  const reader = new CaptureReader(stage.file)
  const view = reader.view({ kind: 'frames', of: 1, filter: '' })
  await view.advance(new Slices(new AbortController().signal))
  const previews = (view.rows(0, 9) as FrameRow[]).map(({ preview }) => preview)
  expect(previews).toEqual(['ünï', '000ac8ff', '000ac8ff', '01'.repeat(32), ''])
  reader.close()
  stage.close()
})
