export const loadNothing = () => 0;
