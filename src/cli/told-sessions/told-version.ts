/** The version of what programs tell of their sessions; a reader of another version takes no notice. */

export const toldVersion = 1;
