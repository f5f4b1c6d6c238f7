import type { CoreV1Event } from '@kubernetes/client-node';
import { eventually } from './eventually.ts';
import type { Scene } from './scene.ts';

/** Waits for an Event about an object of a scene, with a reason. */
export async function eventWhen(scene: Scene, name: string, reason: string): Promise<void> {
  await eventually(
    async () =>
      (await scene.get<{ items: CoreV1Event[] }>('events')).items.map((one) => [
        one.involvedObject.name,
        one.reason,
      ]),
    (all) => all.some(([about, why]) => about === name && why === reason),
    `an Event about ${name} says ${reason}`,
  );
}
