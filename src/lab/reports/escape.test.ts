import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { assert as assertProperty, property, string } from 'fast-check';
import { markdown, markdownCode, markup, visible } from './escape.ts';

describe('text of peers', () => {
  test('shows control characters, half characters and marks of direction as escapes', () => {
    assert.equal(visible('a\u001b[2J\u202eb\ud800\ufffe'), 'a\\x1B[2J\\u202Eb\\uD800\\uFFFE');
  });

  test('never makes a tag or ends an attribute', () => {
    assertProperty(
      property(string({ unit: 'binary' }), (text) => !/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(markup(text))),
    );
  });

  test('never makes markup of Markdown', () => {
    assert.equal(markdown('<b> [x](y) | *z* `c`'), '&lt;b&gt; \\[x\\]\\(y\\) \\| \\*z\\* \\`c\\`');
    assert.equal(markdown('https://evil.example @all www.evil'), 'https&#58;//evil.example &#64;all www&#46;evil');
    assert.equal(markdown('1. one'), '1\\. one');
    assert.equal(markdown('- one'), '\\- one');
    assert.equal(markdownCode('a`b'), '<code>a\\`b</code>');
  });

  test('stays on its line in Markdown, with every bar escaped', () => {
    assertProperty(
      property(string({ unit: 'binary' }), (text) => {
        const shown = markdown(text);
        assert.doesNotMatch(shown, /[\r\n<>@]/);
        assert.doesNotMatch(shown.replaceAll(/\\[^]/g, ''), /[|`*_[\]]/);
      }),
    );
  });
});
