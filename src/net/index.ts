/** Part `net`: the socket code that server, client and lab share. */

export { pairsFor } from './certificate-choice.ts';
export * from './client-certificate.ts';
export * from './client-hello.ts';
export * from './control-channel.ts';
export * from './data-connection.ts';
export * from './data-dialer.ts';
export * from './data-listener.ts';
export * from './deadlines.ts';
export * from './error-words.ts';
export * from './line-ending.ts';
export * from './make-certificate.ts';
export * from './open-pipe.ts';
export * from './peek-client-hello.ts';
export { type ByteSink, type ByteSource, pumpBufferBytes, type PumpProgress } from './pump.ts';
export * from './read-proxy-header.ts';
export * from './receive-all.ts';
export * from './reset-socket.ts';
export * from './release-chunks.ts';
export * from './scope.ts';
export * from './send-all.ts';
export * from './send-queue.ts';
export * from './send-stream.ts';
export * from './server-tls.ts';
export * from './server-tls-settings.ts';
export * from './tls-facts.ts';
export * from './tls-parameters.ts';
