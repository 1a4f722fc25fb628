var extra = 'from an include';
