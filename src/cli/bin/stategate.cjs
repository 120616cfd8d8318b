#!/usr/bin/env node
// Old syntax on purpose: this must run on any Node, to say that it is too old.
'use strict';

var NEEDED = 24;

if (parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    'stategate: this is Node ' +
      process.versions.node +
      ' and Stategate needs ' +
      NEEDED +
      ' or newer: install it from https://nodejs.org',
  );
  process.exit(1);
}

module.exports = require('../dist/main.js');
