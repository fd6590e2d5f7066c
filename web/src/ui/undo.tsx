// "Done. Undo": a toast that takes back what one has just done. The toasts themselves are loaded with the first one.
import { ApiError } from '@/api/client';
import { ask } from '@/api/agreed';
import { toastList, wantToasts } from './toast_door';

const kUndoMs = 12_000; // long enough to read it and reach it by keyboard
let made = 0; // names the toasts

// Takes back everything one arrival did: an import, or a single deal's ingestion_id.
export const undoArrival = (id: string) => ask<unknown>('POST', `/api/sales/imports/${encodeURIComponent(id)}/undo`);

export function notifyDone(message: string) {
  wantToasts();
  void toastList().then(({ notifications }) => notifications.show({ message, color: 'teal', autoClose: 4_000 }));
}

// Something one should know before going on.
export function notifyNote(title: string, message: string) {
  wantToasts();
  void toastList().then(({ notifications }) => notifications.show({ title, message, color: 'yellow', autoClose: 10_000 }));
}

export function notifyFailed(error: unknown, message = 'That did not work.') {
  wantToasts();
  void toastList().then(({ notifications }) => notifications.show({ title: message, message: error instanceof ApiError ? error.message : 'Try again.', color: 'red', autoClose: 10_000 }));
}

export function notifyUndo(message: string, undo: () => Promise<unknown>) {
  wantToasts();
  void Promise.all([toastList(), import('./UndoMessage')]).then(([{ notifications }, { UndoMessage }]) => {
    const id = `undo-${(made += 1)}`;
    const run = async () => {
      notifications.hide(id);
      try {
        await undo();
        notifyDone('Undone.');
      } catch (error) {
        notifyFailed(error, 'It could not be undone.');
      }
    };
    notifications.show({ id, color: 'teal', autoClose: kUndoMs, message: <UndoMessage text={message} onUndo={() => void run()} /> });
  });
}
