// A browser keeps six connections to one server, for all of its tabs together: event streams share four of them.

const SLOTS = 4;
const TURN = 3000; // ms after which a stream makes room, if another tab waits
const NAME = "parley-stream-";

const mine = () => Math.floor(Math.random() * SLOTS);

// Calls `use(release)` when a connection is free, and `makeRoom()` when another tab wants it. Without locks (a page
// on plain http that is not localhost has none) every stream goes ahead.
export function take(use, makeRoom) {
  if (!navigator.locks) return use(() => {});
  claim(mine(), SLOTS, use, makeRoom);
}

async function claim(slot, left, use, makeRoom) {
  const name = NAME + slot;
  const options = { ifAvailable: left > 0 };
  const taken = await navigator.locks.request(name, options, (lock) => lock && hold(name, use, makeRoom));
  if (taken === null) claim((slot + 1) % SLOTS, left - 1, use, makeRoom);
}

function hold(name, use, makeRoom) {
  return new Promise((release) => {
    const timer = setInterval(async () => {
      const { pending } = await navigator.locks.query();
      if (pending.some((lock) => lock.name === name)) makeRoom();
    }, TURN);
    use(() => {
      clearInterval(timer);
      release(true);
    });
  });
}
