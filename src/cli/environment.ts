/** The environment variables that every subcommand knows, for help and manual. */

export const environmentMeanings: readonly { readonly name: string; readonly meaning: string }[] = [
  { name: 'NO_COLOR', meaning: 'set to anything: no colours' },
  { name: 'TWINLINE_PASSWORD', meaning: 'the password for the client and for user, where no process list shows it' },
  {
    name: 'XDG_CACHE_HOME',
    meaning: 'the folder in whose twinline/ the client keeps what it knows of servers; default ~/.cache',
  },
  { name: 'TWINLINE_DEBUG', meaning: 'set to 1: errors show where they come from' },
];
