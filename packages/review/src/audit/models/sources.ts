import type { SourceModel } from './model.ts'

/** Where values come from that nobody vouches for. Roles (`web.req` …) are given to parameters by `roles.ts`. */
export const sourceModels: readonly SourceModel[] = [
  {
    refs: [
      'web.req.{body,query,params,headers,cookies,signedCookies,url,originalUrl,path,hostname,files,file,rawBody,baseUrl,subdomains,host,nextUrl,formData(),json(),text(),get(),header(),param(),rawHeaders,searchParams,payload,data,form,values,args}',
      'web.ctx.{query,params,request,headers,header,url,path,querystring,originalUrl,host,hostname,search,get(),req,input,args,body(),payload}',
      'web.ctx.cookies.get()',
      'web.event.{body,queryStringParameters,pathParameters,headers,multiValueQueryStringParameters,rawPath,rawQueryString}',
      'web.input',
      'web.form.{get(),getAll(),entries(),values()}',
      'web.ctx.req.{query(),param(),header(),json(),text(),formData(),parseBody(),valid(),queries(),url,path}',
      'next/headers.{cookies(),headers()}',
      'next/navigation.{useSearchParams(),useParams()}',
      'react-router-dom.{useParams(),useSearchParams(),useLocation()}',
      'react-router.{useParams(),useSearchParams(),useLocation()}',
      'vue-router.useRoute().{query,params,hash,fullPath}',
      '$route.{query,params,hash}',
      'this.$route.{query,params,hash}',
      '$page.{url,params}',
    ],
    category: 'user',
    label: '',
  },
  {
    refs: [
      '{location,window.location,document.location}.{search,hash,href,pathname}',
      'document.{URL,documentURI,referrer,baseURI,cookie}',
      'window.name',
      'URLSearchParams()',
      'event.data',
    ].filter((ref) => ref !== 'URLSearchParams()'),
    category: 'user',
    label: 'the address of the page',
  },
  {
    refs: [
      'py.request.{kwargs,get_argument(),get_arguments(),get_query_argument(),get_body_argument(),get_param(),get_json_body(),args,form,values,json,data,files,headers,cookies,GET,POST,body,META,FILES,COOKIES,query_params,path_params,get_json(),get_data(),path,full_path,url,query_string,stream,match_info,query,rel_url,post(),text(),read(),form(),json(),body(),params,QUERY_PARAMS,DATA,matchdict,getlist(),environ,base_url,host,referrer,user_agent,view_args,rel_url,raw_args,remote_user,get_full_path(),build_absolute_uri()}',
      'flask.request.{args,form,values,json,data,files,headers,cookies,get_json(),get_data(),path,full_path,url,query_string,stream,host,referrer,user_agent,view_args,environ,base_url,remote_user}',
      'bottle.request.{query,forms,params,json,body,cookies,headers,files,get_cookie(),get_header()}',
      'quart.request.{args,form,json,data,headers,cookies,get_json(),get_data()}',
      'web.req.{GET,POST,FILES,COOKIES,META,query_params,path_params,match_info,read(),post(),get_json(),get_data(),get_full_path(),form(),body()}',
    ],
    category: 'user',
    label: '',
  },
  {
    refs: [
      '{fastapi,starlette.websockets,fastapi.websockets}.WebSocket().{receive_text(),receive_json(),receive_bytes(),receive(),iter_text(),iter_json(),iter_bytes(),query_params,path_params,headers,cookies}',
    ],
    category: 'user',
    label: 'a message',
  },
  {
    refs: [
      'error',
      'error.{stack,stackTrace,__traceback__}',
      'traceback.{format_exc,format_exception,format_exception_only,format_tb,format_stack}()',
      'sys.exc_info()',
    ],
    category: 'error',
    label: 'an error',
  },
  {
    refs: [
      '*.entryName',
      'unzipper.{Parse,ParseOne}()[].path',
      'unzipper.Parse().on[].path',
      'tar-stream.extract().on[].name',
      'yauzl.Entry().fileName',
    ],
    category: 'user',
    label: 'name in an archive',
  },
  {
    refs: [
      'process.argv',
      'sys.argv',
      'input()',
      'raw_input()',
      'prompt()',
      'yargs.argv',
      'argparse.ArgumentParser().parse_args()',
      'commander.program.opts()',
      'sys.stdin',
      'minimist()',
    ],
    category: 'cli',
    label: 'command line',
  },
  {
    refs: [
      'Math.random()',
      'random.{random,randint,choice,choices,randrange,getrandbits,sample,uniform,shuffle,randbytes}()',
      'numpy.random.{randint,choice,random,rand}()',
      'lodash.{random,sample,shuffle}()',
      'uuid.{v1,uuid1}()',
    ],
    category: 'random',
    label: 'a weak random generator',
  },
]
