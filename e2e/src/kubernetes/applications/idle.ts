// A pod to make calls from: it does nothing until it is told to end.
const forever = setInterval(() => undefined, 1 << 30);
process.on('SIGTERM', () => {
  clearInterval(forever);
});
console.log('idle');
