// One line of the feed.
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { Ago } from '@/ui/Ago';
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import classes from './centre.module.css';
import { feedIcon } from './feed_icon';
import type { FeedLine } from './fold';
import { sentence, type Names } from './sentences';

function metaOf(line: FeedLine, names: Names): string[] {
  const source = line.kind === 'row' ? line.row.source : line.source;
  const who = line.kind === 'row' ? names.actor(line.row.actor) : null;
  return [line.kind === 'many' || source === 'system' ? null : sourceWords[source], who].filter((part) => part !== null);
}

export const FeedRow = memo(function FeedRow({ line, names }: { line: FeedLine; names: Names }) {
  const format = useFormat();
  const said = sentence(line, names, format);
  const { icon: Shape, tone } = feedIcon(line);
  const dealId = line.kind === 'row' ? line.row.deal_id : null;
  const unit = line.kind === 'many' && line.source !== 'system' ? line.unit : null;
  return (
    <li className={classes.event}>
      <span className={classes.eventIcon} data-tone={tone} aria-hidden><Shape size={16} stroke={1.8} /></span>
      <div className={classes.eventText}>
        <Text size="sm">
          {unit ? <Link className={classes.name} to="/imports/$id" params={{ id: unit }}>{said.before}</Link> : said.before}
          {said.deal && (dealId ? <Link className={classes.name} to="/deals/$id" params={{ id: dealId }}>{said.deal}</Link> : said.deal)}
          {said.after}
        </Text>
        {said.detail && <Text size="xs" c="dimmed" lineClamp={2}>{said.detail}</Text>}
        <Text size="xs" c="dimmed">
          {metaOf(line, names).map((part) => `${part} · `)}
          <Ago at={line.kind === 'row' ? line.row.at : line.at} />
        </Text>
      </div>
    </li>
  );
});
