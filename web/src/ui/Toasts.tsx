// Where toasts appear.
import { lazy, Suspense, useEffect, useState } from 'react';
import { onWantToasts } from './toast_door';

const ToastArea = lazy(() => import('./ToastArea'));

export function Toasts() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => onWantToasts(() => setWanted(true)), []);
  return wanted ? <Suspense fallback={null}><ToastArea /></Suspense> : null;
}
