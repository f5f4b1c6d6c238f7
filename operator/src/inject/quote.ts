const MAX_CHARACTERS = 64;

/** A text of a user as it may stand in a message: in quotes, in one line and not too long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);
}
