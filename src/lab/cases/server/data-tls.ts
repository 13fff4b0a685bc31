/** Server cases about TLS on data connections (group D). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { handshakeInPieces } from './engineering/handshake-in-pieces.ts';
import { silentDataLine } from './engineering/silent-data-line.ts';
import {
  foreignSession,
  fullHandshakeBehindRein,
  fullHandshakeOnData,
  resumedDataTls12,
  resumedDataTls13,
  sameCertificate,
} from './rfc4217/data-sessions.ts';
import { helloAtOnce, helloBehind150 } from './rfc4217/hello-and-150.ts';
import { closeNotifyAnswered, emptyUpload, resetUpload, truncatedUpload } from './rfc4217/upload-ends.ts';
import { bothKeyUpdate, clientKeyUpdate, dataBehindCloseNotify } from './rfc8446/forged-uploads.ts';

export const dataTlsCases: readonly ServerCase[] = [
  fullHandshakeOnData,
  resumedDataTls12,
  resumedDataTls13,
  foreignSession,
  fullHandshakeBehindRein,
  sameCertificate,
  truncatedUpload,
  resetUpload,
  closeNotifyAnswered,
  emptyUpload,
  dataBehindCloseNotify,
  clientKeyUpdate,
  bothKeyUpdate,
  silentDataLine,
  helloAtOnce,
  helloBehind150,
  handshakeInPieces,
];
