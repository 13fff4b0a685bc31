/** How the commands of the client run: sessions, remote patterns, and where files go. */

export { isAlreadyHere } from './already-here.ts';
export { type DownloadJob, isFolder, localName, makeFolder, placesFor } from './download-targets.ts';
export { endsEverything, overSessions, parallelOption, readParallel } from './over-sessions.ts';
export { openLocal } from './open-local.ts';
export { expandGlob, filesMatching, noGlobOption, pathsMeant, type RemoteMatch } from './remote-glob.ts';
export { type ClientRun, runClient, runWithSessions } from './run-client.ts';
export { readCalls, withoutSlash } from './same-server.ts';
export { fetchInSegments, readSegments, segmentsOption } from './segments.ts';
export { stdoutSink } from './stdout-sink.ts';
export { eachPath } from './each-path.ts';
