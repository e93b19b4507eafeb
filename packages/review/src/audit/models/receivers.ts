/** Classes of receivers that can only be told by their name or origin. */
export const receivers: Readonly<Record<string, RegExp>> = {
  $db: /(?:^|[._#])(?:\w*(?:db|database|pool|conn(?:ection)?|client|knex|sequelize|cursor|session|engine|prisma|trx|tx|transaction|manager|repo(?:sitory)?|orm|sql|mysql|postgres|sqlite|query_?runner|data_?source|executor)\d?|cur|c|pg|dbh|conn\d|objects|connection)(?:\(\))?$|^(?:mysql2?|pg|sqlite3|better-sqlite3|psycopg2?|pymysql|MySQLdb|mariadb|sqlalchemy|knex|sequelize|typeorm|@prisma\/client|aiosqlite|asyncpg|pg-promise|django\.db|oracledb|mssql|tedious)\b/i,
  $mongo:
    /(?:^|[._#])(?:\w*(?:[Cc]oll(?:ection)?|[Mm]odel|[Uu]ser|[Aa]ccount|[Oo]rder|[Ii]tem|[Pp]roduct|[Pp]ost|[Mm]ongo|[Rr]epo(?:sitory)?|[Cc]ustomer|[Ss]ession|[Cc]omment|[Pp]rofile|[Dd]ocument)s?(?:\(\))?|[A-Z]\w*)$|^(?:mongoose|mongodb|pymongo|motor)\b/,
  $app: /(?:^|[._#])(?:app|router|server|api|fastify|route|routes|\w+(?:Router|Routes|App|Api|Server)|express|web|r|bp)(?:\(\))?$|^(?:express|fastify|koa|@koa\/router|koa-router|hono|polka|restify|@hapi\/hapi)\b/i,
  $res: /(?:^|[._#])(?:res|response|reply|resp|rep|ctx|c)(?:\(\))?$|^web\.(?:res|ctx)\b/,
  $log: /(?:^|[._#])(?:log|logger|logging|LOG|LOGGER|winston|pino|console|_logger|_log)(?:\(\))?$|^(?:winston|pino|bunyan|log4js|logging|loguru)\b/,
  $http:
    /(?:^|[._#])(?:axios|http|https|got|fetch|request|superagent|needle|undici|requests|httpx|client|http_?client|session|httpService|api)(?:\(\))?$|^(?:axios|got|requests|httpx|aiohttp|urllib|urllib3|needle|superagent|undici|node-fetch|request|http|https|@nestjs\/axios)\b/i,
  $ldap:
    /(?:^|[._#])(?:\w*ldap\w*|conn(?:ection)?|client|directory|l|ad|con)(?:\(\))?$|^(?:ldapjs|ldapts|ldap3?|activedirectory)\b/i,
  $jwt: /(?:^|[._#])(?:jwt|jsonwebtoken|jose|JWT|jwtService)$|^(?:jsonwebtoken|jwt|jose|python-jose)\b/,
  $hash: /(?:^|[._#])(?:hash|hmac|h|sha|md|digest|createHash\(\)|createHmac\(\))$/i,
  $zip: /(?:^|[._#])(?:\w*(?:zip|tar|archive|zf|tf|entry)\w*)(?:\(\))?$|^(?:zipfile|tarfile|adm-zip|unzipper|yauzl|tar)\b/i,
  $storage: /(?:^|[._#])(?:localStorage|sessionStorage)$/,
}
