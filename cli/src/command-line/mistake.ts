/** Something on the command line or among the settings that can't be meant; the message says what is right. */
export class Mistake extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Mistake';
  }
}
