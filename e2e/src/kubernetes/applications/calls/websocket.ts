/** Messages to send over a WebSocket, each when the answer to the one before has come. */
export interface WebSocketCall {
  readonly url: string;
  readonly protocol: string;
  readonly messages: readonly string[];
}

/** How a conversation over a WebSocket went. */
export interface WebSocketAnswers {
  readonly protocol: string;
  readonly answers: readonly string[];
  readonly closeCode: number;
  readonly clean: boolean;
}

export function talk({ url, protocol, messages }: WebSocketCall): Promise<WebSocketAnswers> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const socket = new WebSocket(url, protocol);
    const sendNext = (): void => {
      const message = messages[answers.length];
      if (message === undefined) socket.close(4000, 'enough');
      else socket.send(message);
    };
    socket.addEventListener('open', sendNext);
    socket.addEventListener('message', ({ data }) => {
      answers.push(String(data));
      sendNext();
    });
    socket.addEventListener('error', () => {
      reject(new Error(`no WebSocket after ${answers.length} answers`));
    });
    socket.addEventListener('close', ({ code, wasClean }) => {
      resolve({ protocol: socket.protocol, answers, closeCode: code, clean: wasClean });
    });
  });
}
