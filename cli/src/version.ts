/** The version of this command. */
export const VERSION = '0.1.0';

/** What is told to whoever asks for it. */
export const VERSION_LINE = `culvert ${VERSION}\n`;
