function Test262Error(message) {
  this.name = 'Test262Error';
  this.message = message;
}
