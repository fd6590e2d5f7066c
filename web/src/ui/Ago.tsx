// How long ago, kept true while one looks; the exact time on hover.
import { useFormat } from '@/format/use_format';
import { useEffect, useState } from 'react';

const kTickMs = 30_000;

export function Ago({ at }: { at: string | null }) {
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), kTickMs);
    return () => clearInterval(timer);
  }, []);
  if (at === null) return <>never</>;
  return <time dateTime={at} title={format.date_time(at)}>{format.ago(at, Math.max(now, Date.parse(at)))}</time>;
}
