/** Cases about replies and their order on the control connection. */

import type { ClientCase } from '../../engine/lab-case.ts';
import {
  carriageReturnInReply,
  endlessLine,
  endlessLines,
  nulInReply,
  telnetInReply,
} from './engineering/odd-replies.ts';
import { keepaliveReplies } from './rfc1123/keepalive-replies.ts';
import {
  fileActionOkay,
  repliesTogether,
  unknownFailure,
  unknownPositiveCode,
  unknownResult,
} from './rfc1123/reply-classes.ts';
import {
  accountWanted,
  loginByCertificate,
  noPasswordWanted,
  readySoon,
  superfluousPassword,
} from './rfc959/logins.ts';
import {
  bareLineFeeds,
  innerLinesLikeReplies,
  innerLinesPadded,
  manyLines,
  repliesInPieces,
  replyTooMany,
} from './rfc959/replies.ts';

export const controlCases: readonly ClientCase[] = [
  repliesInPieces,
  repliesTogether,
  innerLinesPadded,
  manyLines,
  innerLinesLikeReplies,
  unknownPositiveCode,
  fileActionOkay,
  unknownResult,
  unknownFailure,
  bareLineFeeds,
  endlessLines,
  endlessLine,
  nulInReply,
  telnetInReply,
  carriageReturnInReply,
  replyTooMany,
  readySoon,
  accountWanted,
  noPasswordWanted,
  loginByCertificate,
  superfluousPassword,
  ...keepaliveReplies,
];
