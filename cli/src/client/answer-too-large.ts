import { Failure } from './failure.ts';

/** The server does not hold so much in one answer: who asks for less at once gets it. */
export class AnswerTooLarge extends Failure {
  constructor(message: string) {
    super('failed', message);
    this.name = 'AnswerTooLarge';
  }
}
