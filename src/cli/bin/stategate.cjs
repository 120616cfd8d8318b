#!/usr/bin/env node
// Old syntax on purpose: this must run on any Node, to say that it is too old.
'use strict';

var NEEDED = 24;
var version = process.versions.node;
var problem;

if (parseInt(version, 10) < NEEDED) {
  problem = 'this is Node ' + version + ' and it needs ' + NEEDED + ' or newer: install one from https://nodejs.org';
} else if (!require('fs').existsSync(__dirname + '/../dist/main.js')) {
  problem = 'this copy is not built: npm run build';
}

if (problem) {
  console.error('stategate: ' + problem);
  process.exit(1);
}

module.exports = require('../dist/main.js');
