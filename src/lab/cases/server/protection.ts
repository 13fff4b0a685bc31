/** Server cases about PBSZ and PROT (group C of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { badBufferSize, bufferSizeInClear, largeBufferSize } from './rfc2228/buffer-size.ts';
import { protectionConfidential, protectionSafe, protectionUnknown } from './rfc2228/protection-levels.ts';
import { clearDataAsked, firstProtection } from './rfc4217/clear-data.ts';
import { protectionBehindPort } from './rfc4217/protection-behind-port.ts';
import { bufferSizeZero, protectionFirst } from './rfc4217/protection-order.ts';
import { clearBytesForTls, helloInClear } from './rfc4217/wrong-data-bytes.ts';

export const protectionCases: readonly ServerCase[] = [
  bufferSizeInClear,
  protectionFirst,
  bufferSizeZero,
  largeBufferSize,
  badBufferSize,
  protectionSafe,
  protectionConfidential,
  protectionUnknown,
  clearDataAsked,
  firstProtection,
  protectionBehindPort,
  clearBytesForTls,
  helloInClear,
];
