// The places: a column at the left, a bar at the bottom of a phone.
import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { places } from './pages';
import classes from './shell.module.css';

export function Navigation({ bar = false }: { bar?: boolean }) {
  return (
    <nav aria-label="Main" className={bar ? classes.bar : classes.column}>
      {places.map(({ to, name, icon: Shape }) => (
        <UnstyledButton key={to} component={Link} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }} className={classes.place}>
          <Shape size={20} stroke={1.7} aria-hidden />
          <span>{name}</span>
        </UnstyledButton>
      ))}
    </nav>
  );
}
