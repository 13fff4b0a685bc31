/** What a failed connection says about itself, in words that may leave the server. */

/**
 * The words of an error of a socket or of TLS. OpenSSL's own message begins with the address of the thread and names
 * source files; of it only the reason is told.
 */
export function errorWords(error: Error & { readonly reason?: unknown; readonly code?: unknown }): string {
  if (typeof error.reason === 'string' && error.reason !== '') return error.reason;
  const isOpenSsl = /:error:[0-9A-F]+:/i.test(error.message);
  if (!isOpenSsl) return error.message;
  return typeof error.code === 'string' ? error.code : 'TLS error';
}
