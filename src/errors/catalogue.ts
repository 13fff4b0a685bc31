/** The catalogue of stable error codes: one line each, held against `docs/errors.md` by a test. */

export const errorCatalogue = {
  ERR_TWINLINE_COMMAND_TEXT: 'A command or path holds CR, LF or NUL and was not sent.',
  ERR_TWINLINE_ADDRESS: 'An address or a port cannot be written in the command or reply that should carry it.',
  ERR_TWINLINE_ARGUMENT: 'An argument of a call cannot be used.',
  ERR_TWINLINE_CALL_ORDER: 'An operation was called in a state of the session that does not allow it.',
  ERR_TWINLINE_BAD_REPLY: 'The server sent something that is not an FTP reply.',
  ERR_TWINLINE_UNEXPECTED_REPLY: 'The server sent a reply that the protocol does not allow here.',
  ERR_TWINLINE_REPLY_TOO_LONG: 'A reply grew beyond its bound.',
  ERR_TWINLINE_LISTING_TOO_LONG: 'A listing grew beyond its bound.',
  ERR_TWINLINE_PLAINTEXT_AFTER_AUTH: 'Bytes in clear arrived behind the 234 reply to AUTH.',
  ERR_TWINLINE_REFUSED: 'The server answered a command with a 4xx or 5xx reply.',
  ERR_TWINLINE_NOT_SUPPORTED: 'The server does not offer what the operation needs.',
  ERR_TWINLINE_UNSAFE_NAME: 'A listing holds a name that no path may be made of.',
  ERR_TWINLINE_LOGIN_REFUSED: 'The server refused the user name or the password.',
  ERR_TWINLINE_TLS_REFUSED: 'The server refused TLS, which was asked for.',
  ERR_TWINLINE_TLS_HANDSHAKE: 'The TLS handshake failed.',
  ERR_TWINLINE_CERTIFICATE: 'The certificate of the server is not trusted or belongs to somebody else.',
  ERR_TWINLINE_DATA_CERTIFICATE: 'The data connection presented another certificate than the control connection.',
  ERR_TWINLINE_SESSION_REUSE:
    'The server takes only data connections that resume the TLS session of the control connection, and one did not.',
  ERR_TWINLINE_TIMEOUT: 'A deadline passed.',
  ERR_TWINLINE_CONNECT: 'No connection could be made.',
  ERR_TWINLINE_PROXY: 'A proxy could not be reached, or did not make the connection.',
  ERR_TWINLINE_CONTROL_LOST: 'The control connection ended before its time.',
  ERR_TWINLINE_DATA_LOST: 'The data connection ended before its time.',
  ERR_TWINLINE_DATA_TRUNCATED: 'The data connection ended without close_notify and nothing proves the file whole.',
  ERR_TWINLINE_INCOMPLETE: 'Fewer or more bytes arrived than the file has.',
  ERR_TWINLINE_DIGEST: 'The file here and the one there have different digests.',
  ERR_TWINLINE_ABORTED: 'The caller aborted the operation.',
  ERR_TWINLINE_STORAGE: 'The storage could not do what was asked; `kind` says why.',
  ERR_TWINLINE_USER_STORE: 'The user store could not answer.',
  ERR_TWINLINE_CONFIG: 'A setting, an option or the configuration file is wrong.',
  ERR_TWINLINE_LISTEN: 'A listening socket could not be opened.',
  ERR_TWINLINE_LOCAL_FILE: 'A local file could not be read or written.',
  ERR_TWINLINE_LEFT_OUT: 'A mirror could not copy an entry as it is.',
  ERR_TWINLINE_NOT_REMOVED: 'A mirror removed nothing, because too much could go.',
  ERR_TWINLINE_URL: 'A URL is not one that Twinline can use.',
  ERR_TWINLINE_NO_MATCH: 'No file on the server matches a pattern.',
} as const;

/** A stable error code. */
export type ErrorCode = keyof typeof errorCatalogue;
