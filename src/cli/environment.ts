/** The environment variables that every subcommand knows, for help and manual. */

export const environmentMeanings: readonly { readonly name: string; readonly meaning: string }[] = [
  { name: 'NO_COLOR', meaning: 'set to anything: no colours' },
  { name: 'TWINLINE_PASSWORD', meaning: 'the password for the client and for user, where no process list shows it' },
  {
    name: 'XDG_CACHE_HOME',
    meaning: 'the folder in whose twinline/ the client keeps what it knows of servers; default ~/.cache',
  },
  {
    name: 'XDG_CONFIG_HOME',
    meaning: 'the folder in whose twinline/ the bookmarks of the client are; default ~/.config',
  },
  {
    name: 'XDG_RUNTIME_DIR',
    meaning: 'the folder in whose twinline/ running commands answer conns; default a folder of the user below /tmp',
  },
  {
    name: 'XDG_STATE_HOME',
    meaning:
      'the folder in whose twinline/ journals of mirrors and the history of the shell are; default ~/.local/state',
  },
  {
    name: 'FTPS_PROXY',
    meaning:
      'the proxy of the client where --proxy names none; then ftp_proxy, then ALL_PROXY; NO_PROXY names exceptions',
  },
  { name: 'TWINLINE_DEBUG', meaning: 'set to 1: errors show where they come from' },
];
