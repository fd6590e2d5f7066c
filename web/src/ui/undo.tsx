// "Done. Undo": a toast that takes back what one has just done.
import { ApiError } from '@/api/client';
import { ask } from '@/api/agreed';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const kUndoMs = 12_000; // long enough to read it and reach it by keyboard

export function notifyDone(message: string) {
  notifications.show({ message, color: 'teal', autoClose: 4_000 });
}

export function notifyFailed(error: unknown, message = 'That did not work.') {
  notifications.show({ title: message, message: error instanceof ApiError ? error.message : 'Try again.', color: 'red', autoClose: 10_000 });
}

let made = 0; // names the toasts

// Takes back everything one arrival did: an import, or a single deal's ingestion_id.
export const undoArrival = (id: string) => ask<unknown>('POST', `/api/sales/imports/${encodeURIComponent(id)}/undo`);

export function notifyUndo(message: string, undo: () => Promise<unknown>) {
  const run = async (id: string) => {
    notifications.hide(id);
    try {
      await undo();
      notifyDone('Undone.');
    } catch (error) {
      notifyFailed(error, 'It could not be undone.');
    }
  };
  const id = `undo-${(made += 1)}`;
  notifications.show({
    id,
    color: 'teal',
    autoClose: kUndoMs,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="xs" variant="light" onClick={() => void run(id)}>Undo</Button>
      </Group>
    ),
  });
}
