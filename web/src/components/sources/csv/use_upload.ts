// Sends a file to be planned, with progress and cancel. The File itself is handed to the browser: a large one is streamed from
// the disk and never held in memory.
import type { Schemas } from '@/api/client';
import { upload as sendFile } from '@/api/client';
import { withSample, type Sample } from '@/pages/imports/rate';
import { useRef, useState } from 'react';

export interface Progress {
  sent: number;
  total: number;
  samples: Sample[];
}
// `respond-async` at any size: the answer comes when the file is stored, and the plan is followed on its own page.
const PLAN = '/api/sales/deals/csv/upload?dry_run=true';
const PAINT_MS = 100; // progress is shown at most so often

export function planFile(file: File, signal?: AbortSignal, onProgress?: (at: { sent: number; total: number }) => void): Promise<string> {
  const form = new FormData();
  form.append('file', file);
  return sendFile<Schemas['ImportAnswer']>(PLAN, form, { headers: { Prefer: 'respond-async' }, signal, onProgress }).then(({ data }) => data.import.import_id);
}

export function useUpload(onStored: (importId: string) => void) {
  const control = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [cancelled, setCancelled] = useState(false);
  const reset = () => {
    setError(null);
    setCancelled(false);
  };
  const start = (file: File) => {
    reset();
    control.current = new AbortController();
    let samples: Sample[] = [];
    let painted = 0;
    setProgress({ sent: 0, total: file.size, samples });
    planFile(file, control.current.signal, ({ sent, total }) => {
      const now = performance.now();
      samples = withSample(samples, { at_ms: now, bytes: sent });
      if (now - painted < PAINT_MS && sent < total) return;
      painted = now;
      setProgress({ sent, total, samples });
    })
      .then(onStored, (failure: Error) => (failure.name === 'AbortError' ? setCancelled(true) : setError(failure)))
      .finally(() => setProgress(null));
  };
  return { progress, error, cancelled, start, reset, cancel: () => control.current?.abort() };
}
