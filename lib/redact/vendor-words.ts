/**
 * Vendors whose keys look like no other's, so that only the vendor's name beside them tells: the form of the key,
 * and the vendors that have keys of this form. `ADAFRUIT_KEY`, `adafruit.io.key` and `adafruitKey` name one.
 *
 * What the rules of gitleaks, betterleaks and trufflehog say that need the name of a vendor. A key of a vendor may have
 * more than one form.
 */
export const VENDOR_WORDS: readonly (readonly [form: string, vendors: string])[] = [
  [
    '[0-9a-fA-F]{32}',
    'adobe airbrake ambee amplitude azure braintree datadog facebook finicity flickr jwplayer linear mixpanel newrelic opencage pagerduty plivo raygun rollbar sinch twilio webex zoom',
  ],
  [
    '[A-Za-z0-9]{32}',
    'abstract airvisual aletheia algolia asana assemblyai auth0 autodesk axonaut bitbucket bittrex box bulbul censys chatbot clinchpad cloudinary cloze codecov copper countrylayer currencylayer delighted deputy detectlanguage diffbot droneci edamam etsy exchangeratesapi financialmodelingprep fixer flightstats fmfw geoapify goodday graphhopper here hive ipapi ipgeolocation ipstack jotform languagelayer lastfm linkpreview liveagent loyverse mailboxlayer mailerlite mailjet mapquest marketstack mediastack mistral moonclerk newsapi nitro numverify nutritionix openweather ovh paymongo pdflayer pepipost pivotaltracker polygon positionstack postageapp privateai rawg rebrandly route4me runrunit salescookie scraperapi scrapestack screenshotlayer semaphore shodan shutterstock signupgenius spoonacular spotify survicate taxjar thinkific ticketmaster toggl tomorrow tomtom trello twelvedata tyntec upcdatabase userstack vatlayer veriphone verimail vpnapi walkscore weatherbit weatherstack yousign zerobounce zipapi',
  ],
  [
    '[A-Za-z0-9_-]{32}',
    'adafruit beamer discord facepp fastly imagekit ipify macaddress nytimes pastebin readme uplead',
  ],
  [
    '[0-9a-fA-F]{40}',
    'bitly deepgram gitea jenkins klipfolio meraki nicereply owlbot sendbird sentry sourcegraph strava tiingo todoist wandb',
  ],
  [
    '[A-Za-z0-9]{40}',
    'abyssale airship brandfetch buttercms calendarific calorieninjas cohere datagov enigma geocodify heroku jumpcloud juro launchdarkly lokalise looker oopspam pandadoc pipedrive purestake quickbase shotstack simplesat smartlook sparkpost stockdata teamgate worksnaps zendesk',
  ],
  ['[A-Za-z0-9_-]{40}', 'cloudflare gitter hunter launchdarkly netlify sonar versioneye'],
  [
    '[0-9a-fA-F]{64}',
    'alienvault allsports ambee boostnote coinbase discord disqus freshbooks iconfinder ipinfodb kucoin mavenlink qubole virustotal ynab',
  ],
  [
    '[A-Za-z0-9]{64}',
    'bitbucket coinbase confluent cryptocompare currencycloud freshbooks groove html2pdf jfrog artifactory mesibo neutrino newrelic onelogin partnerstack peopledatalabs protocolsio sumologic tmetric zipcodeapi',
  ],
  [
    '[A-Za-z0-9]{16}',
    'autodesk coinlib confluent linkedin metrilo nexmo okta pixelbin satismeter vonage',
  ],
  [
    '[A-Za-z0-9]{20}',
    'appfollow artsy codacy companyhub customerio finicity finnhub freshdesk getemail hiveage invoiceocean karmacrm looker nasdaq noticeable pusher smartystreets timezoneapi uploadcare',
  ],
  [
    '[A-Za-z0-9]{22}',
    'apollo blablabus bugherd convertkit ethplorer proxycrawl ringcentral splunk travis',
  ],
  [
    '[A-Za-z0-9]{24}',
    'atlassian confluence jira enablex etsy flightapi happyscribe kucoin looker oanda onepagecrm plaid sendbird vercel',
  ],
  ['[A-Za-z0-9]{25}', 'baremetrics hygraph messagebird twitter visualcrossing'],
  ['[A-Za-z0-9]{26}', 'mattermost roninapp sirv skybiometry'],
  ['[A-Za-z0-9]{28}', 'browshot cloverly fastforex geocode roaring tradier'],
  [
    '[A-Za-z0-9]{30}',
    'alibaba aliyun centralstation cloudimage nylas plaid scrapeowl textmagic twitch',
  ],
  [
    '[A-Za-z0-9]{43}',
    'bannerbear bitcoinaverage contentful eightxeight gyazo linenotify luno meistertask mindmeister newscatcher paralleldots storecove unsplash',
  ],
  ['[A-Za-z0-9]{44}', 'geckoboard intrinio paymo ritekit typeform'],
  ['[A-Za-z0-9]{48}', 'clockify foursquare greptile neutrinoapi restpack rownd sigopt'],
  ['[A-Za-z0-9]{50}', 'caspio civo dronahq dwolla rapidapi signalwire twitter vyte'],
  [
    '[A-Za-z0-9]{60}',
    'clustdoc commodities intercom serphouse sportmonks tly webscraper workstack',
  ],
  ['[A-Za-z0-9]{80}', 'abuseipdb crowdin fulcrum opengraph scrapingbee surveybot'],
  [
    '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}',
    'apacta appcues besttime bugsnag buttercms canny captaindata checkly cliengo clicksend cloudmersive codecov coinapi crisp cronitor deepai everhour exa guardian guru helpscout heroku hcaptcha hubspot insightly integromat kontent kucoin kylas loginradius magnetic moosend nftport onesignal pendo postmark refiner sauce saucelabs scaleway selectpdf sendbird shortcut snyk squarespace tatum urlscan vultr zenscrape zenserp',
  ],
];
