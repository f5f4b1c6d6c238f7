import { sendJson, type Answer } from './answer.ts';

const orders = Array.from({ length: 12 }, (_, index) => ({
  id: index + 1,
  item: ['kettle', 'lamp', 'rug', 'chair'][index % 4],
  status: index % 3 === 0 ? 'shipped' : 'open',
}));

/** `/orders` and `/orders/NUMBER`: what a JSON API does. Nothing is remembered. */
export const answerOrders: Answer = (request, response, url) => {
  const id = /^\/orders(?:\/(\d+))?$/.exec(url.pathname);
  if (id === null) return false;
  request.resume();
  request.once('end', () => {
    const order = orders.find((one) => one.id === Number(id[1]));
    switch (request.method) {
      case 'POST':
        sendJson(response, 201, { id: 13, status: 'open' }, { location: '/orders/13' });
        return;
      case 'DELETE':
        response.writeHead(order === undefined ? 404 : 204).end();
        return;
      case 'PUT':
      case 'PATCH':
        sendJson(response, 200, { ...order, status: 'changed' });
        return;
      default: {
        const status = url.searchParams.get('status');
        if (id[1] === undefined) {
          const shown = orders.filter((one) => status === null || one.status === status);
          sendJson(response, 200, { orders: shown });
        } else if (order === undefined) sendJson(response, 404, { error: `no order ${id[1]}` });
        else sendJson(response, 200, order);
      }
    }
  });
  return true;
};
