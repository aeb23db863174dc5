// In the command line's bundle this stands for string-width, which makes an Intl.Segmenter when it is loaded: that takes
// as long as a seventh of the start of Node.js, and tables of ASCII need none.
module.exports = (text) => require('../../node_modules/string-width/index.js').default(text);
