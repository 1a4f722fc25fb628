export function price(): void {}
