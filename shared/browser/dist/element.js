var te={now:()=>performance.now(),wall:()=>Date.now(),random:()=>Math.random(),after(t,e){let n=setTimeout(e,t);return()=>clearTimeout(n)},fetch:(t,e)=>fetch(t,e),socket:(t,e)=>new WebSocket(t,e),listen(t,e){let i=t==="visibilitychange"||t==="resume"?globalThis.document:globalThis.window;return i?.addEventListener(t,e),()=>i?.removeEventListener(t,e)},isVisible:()=>globalThis.document?.visibilityState!=="hidden"};var I=class{#i;#n;#e;constructor(e){this.#i=e,this.#n=e.now(),this.#e=e.wall()}elapsed(){return Math.max(this.#i.now()-this.#n,this.#i.wall()-this.#e)}drift(){return this.#i.wall()-this.#e-(this.#i.now()-this.#n)}};var Ee=1e3,_e=2e4,D=class{#i;#n;constructor(e){this.#i=e}start(e){this.stop();let n=Math.max(1,e),i=new I(te),o=Math.min(_e,n/6),s=()=>{let r=Math.max(0,n-i.elapsed());this.#i(r/n,r<=o)};this.#n=setInterval(s,Ee),s()}stop(){clearInterval(this.#n),this.#n=void 0}};var A={status:void 0,isOffline:!1,progress:"unclaimed",number:void 0,isDue:!1,error:void 0};function ne(t,e){let n=e.challengeId!==void 0&&e.challengeId!==t.status?.challengeId,i=e.state==="expired"?t.isOffline:e.state==="offline",o=e.errorCode===void 0?void 0:{error:e.error??e.errorCode,errorCode:e.errorCode};return{...t,...n?{progress:"unclaimed",number:void 0,isDue:!1}:{},status:e,isOffline:i,error:o}}function ie({status:t,isOffline:e,progress:n,isDue:i,error:o}){if(n==="approved")return"approved";if(n==="rejected")return"declined";if(o)return"error";let s=t?.challengeId!==void 0&&t.state!=="expired";return s&&n==="claimed"?"scanned":s?i?"expiring":"code":e?"offline":t?.state==="expired"?"expired":"connecting"}var R={label:"QR code. Scan it with your phone.",connecting:"One moment",connectingHint:"Getting a code …",code:"Scan with your phone",codeHint:"Point its camera at the code, then confirm on the phone.",codeOfflineHint:"This screen has lost its connection. It hears of your scan as soon as it is back.",shortCode:"Cannot scan? Type this on your phone:",expiring:"A new code comes in a moment.",scanned:"Scanned",scannedHint:"Now confirm on your phone.",number:"Enter {number} on your phone",numberHint:"The phone asks for this number before it confirms.",scannedOfflineHint:"Confirm on your phone. This screen has lost its connection and hears of it as soon as it is back.",approved:"Confirmed",approvedHint:"You can put your phone away.",declined:"Declined",declinedHint:"The request was declined on the phone. Nothing has happened.",declinedNumberHint:"The request was declined on the phone, or another number was entered there. Nothing has happened.",offline:"No connection",offlineHint:"A new code comes by itself as soon as the connection is back.",expired:"The code has run out",expiredHint:"A new one is on its way.",error:"That did not work",errorHint:"Try again. If it goes on, tell the people who run this screen.",staleHint:"This page has been open for too long. Load it again.",retry:"Try again",cancel:"Cancel"},Te={label:"QR-Code. Mit dem Handy scannen.",connecting:"Einen Moment",connectingHint:"Code wird geholt …",code:"Mit dem Handy scannen",codeHint:"Kamera auf den Code richten, dann am Handy bestätigen.",codeOfflineHint:"Die Verbindung ist unterbrochen. Sobald sie zurück ist, geht es hier weiter.",shortCode:"Scannen geht nicht? Am Handy eintippen:",expiring:"Gleich kommt ein neuer Code.",scanned:"Gescannt",scannedHint:"Jetzt am Handy bestätigen.",number:"Am Handy {number} eingeben",numberHint:"Das Handy fragt nach dieser Zahl, bevor es bestätigt.",scannedOfflineHint:"Am Handy bestätigen. Die Verbindung ist unterbrochen; sobald sie zurück ist, geht es hier weiter.",approved:"Bestätigt",approvedHint:"Das Handy wird nicht mehr gebraucht.",declined:"Abgelehnt",declinedHint:"Die Anfrage wurde am Handy abgelehnt. Es ist nichts geschehen.",declinedNumberHint:"Die Anfrage wurde am Handy abgelehnt, oder dort wurde eine andere Zahl eingegeben. Es ist nichts geschehen.",offline:"Keine Verbindung",offlineHint:"Sobald die Verbindung zurück ist, kommt von selbst ein neuer Code.",expired:"Der Code ist abgelaufen",expiredHint:"Ein neuer ist unterwegs.",error:"Das hat nicht geklappt",errorHint:"Noch einmal versuchen. Hilft das nicht, bitte beim Betreiber melden.",staleHint:"Diese Seite war zu lange offen. Bitte neu laden.",retry:"Noch einmal",cancel:"Abbrechen"},re={de:Te,en:R};function oe(t,e){let[n=""]=t.toLowerCase().split(/[-_]/),i=Object.hasOwn(re,n)?n:"en",o=Object.keys(e).length>0;return{texts:{...R,...re[i],...e},lang:o&&t?t:i}}function G(t){let e=t;if(typeof t=="string")try{e=JSON.parse(t)}catch{return console.warn("<scanlatch-qr>: the attribute texts is no JSON"),{}}if(typeof e!="object"||e===null)return{};let n=Object.entries(e).filter(([i,o])=>Object.hasOwn(R,i)&&typeof o=="string");return Object.fromEntries(n)}var Ae=[.2,.375,.5555555555555556,.6666666666666666],Me=(t,e)=>n=>{let i=4*t+n-4,o="*-04-39?2$%%$%%'$%''%'''%')(%'))%(++'(++'(+.'+-.',/3',33)-/5)-43).36)058*18<+37<+4:<,4:E,5<A-7>C/8@F/:EH/<EK0=FM1?IP2@KS3BNV4DPY5FS\\6HV_6IXb7K[e8N^i9Pam;Rdp<Tgt".charCodeAt(i)-35,s=i>8?o:1,r=e/s|0,a=e%s,c=s-a,l=i>8?r*Ae[n]+(t>5)&-2:o,d=r-l;return{t:c*d+a*d+a,o:[[c,d],[a,d+1]],i:l}},ce={min:0,L:0,M:1,Q:2,H:3,max:3},x=t=>new Uint8Array(t),M=t=>{let e=new Error(`lean-qr error ${t}`);throw e.code=t,e},z=t=>"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".indexOf(t),P=t=>t.charCodeAt(0),de=(...t)=>(e,n)=>t.forEach(i=>i(e,n)),le=t=>e=>{e.eci!==t&&(e.push(7,4),t<128?e.push(t,8):t<16384?e.push(32768|t,16):e.push(12582912|t,24),e.eci=t)},W=t=>(e,n)=>{e.push(4,4),e.push(t.length,8+8*(n>9)),t.forEach(i=>e.push(i,8))},H=(t,e,n,i,o=(r,a)=>n(r.length,a),s=i?r=>de(le(i),t(r)):t)=>(s.test=e,s.l=n,s.est=o,s.eci=i&&[i],s),he=H(t=>(e,n)=>{e.push(1,4),e.push(t.length,10+2*(n>26)+2*(n>9));let i=0;for(;i<t.length-2;i+=3)e.push(+t.slice(i,i+3),10);i<t.length-1?e.push(+t.slice(i),7):i<t.length&&e.push(+t[i],4)},t=>/[0-9]/.test(t),(t,e)=>14+2*(e>26)+2*(e>9)+10*t/3),ue=H(t=>(e,n)=>{e.push(2,4),e.push(t.length,9+2*(n>26)+2*(n>9));let i=0;for(;i<t.length-1;i+=2)e.push(45*z(t[i])+z(t[i+1]),11);i<t.length&&e.push(z(t[i]),6)},t=>z(t)>=0,(t,e)=>13+2*(e>26)+2*(e>9)+5.5*t),S=H(t=>W([...t].map(P)),t=>P(t)<128,(t,e)=>12+8*(e>9)+8*t);S._=!0,S.u=!0;var Y=H(S,t=>P(t)<256,S.l,3);Y._=!0;var se=new TextEncoder,Q=H(t=>W(se.encode(t)),()=>1,0,26,(t,e)=>12+8*(e>9)+8*se.encode(t).length);Q._=!0;var B=()=>{let t=new Map,e=new TextDecoder("sjis"),n=x(2);for(let i=0;i<7973;++i)n[0]=i/192+129+64*(i>5951),n[1]=i%192+64,t.set(e.decode(n),i);return t.delete("�"),B=()=>t,t},J=H(t=>(e,n)=>{e.push(8,4),e.push(t.length,8+2*(n>26)+2*(n>9));for(let i of t)e.push(B().get(i),13)},t=>B().has(t),(t,e)=>12+2*(e>26)+2*(e>9)+13*t);J._=!0;var fe=[he,ue,S,Y,J,Q],Oe={auto:(t,{modes:e=fe}={})=>(n,i)=>{let o=e.map((d,u)=>{let h=new Map,m=(f,g)=>(h.has(f)||h.set(f,g(f,i)),h.get(f));return{m:d,h:1<<u,C:d.est("",i),S:d.l?(f,g)=>m(g-f,d.l):(f,g)=>m(t.slice(f,g),d.est)}}),s=[{v:0}],r=0,a=0,c=-1;for(let d of[...t,""]){let u=0;if(d)for(let h of o)h.m.test(d)&&(u|=h.h);if(!d||u!==c){if(c!==-1){let h=new Set(s.map(f=>f.D)),m=[];for(let{m:f,C:g,S:b,h:C}of o)if(c&C){let w=b(r,a);for(let E of f.eci??h)if(!f.u||!E){let _;for(let v of s)if(v.D===E||f.eci){let T=v.m===f&&v.D===E,F=T?v.V:v,ee=f._&&T?v.v+w-g:F.v+12*(F.D!==E)+(T?b(T?v.$:r,a):w);(!_||ee<_.v)&&(_={$:T?v.$:r,V:F,m:f,D:E,A:a,v:ee})}_&&m.push(_)}}s=m}c=u,r=a}a+=d.length}s.length||M(5);let l=[];for(let d=s.reduce((u,h)=>h.v<u.v?h:u);d.m;d=d.V)l.push(d.m(t.slice(d.$,d.A)));l.reverse().forEach(d=>d(n,i))},multi:de,eci:le,bytes:W,numeric:he,alphaNumeric:ue,ascii:S,iso8859_1:Y,shift_jis:J,utf8:Q},Ie=()=>({F:x(2956),I:0,push(t,e){for(let n=e,i=8-(7&this.I);n>0;n-=i,i=8)this.F[this.I>>3]|=t<<i>>n,this.I+=n<i?n:i}}),K=(t,e=t*t,n=x(e))=>({size:t,K:n,get:(i,o)=>i>=0&&i<t&&!!(1&n[o*t+i]),toString({on:i="##",off:o="  ",lf:s=`
`,pad:r=4,padX:a=r,padY:c=r}={}){let l="";for(let d=-c;d<t+c;++d){for(let u=-a;u<t+a;++u)l+=this.get(u,d)?i:o;l+=s}return l},toImageData(i,{on:o=[0,0,0],off:s=[0,0,0,0],pad:r=4,padX:a=r,padY:c=r}={}){let l=t+2*a,d=t+2*c,u=i.createImageData(l,d),h=new Uint32Array(u.data.buffer);u.data.set([...o,255]);let m=h[0];u.data.set([...s,255]);let f=h[0];for(let g=0;g<d;++g)for(let b=0;b<l;++b)h[g*l+b]=this.get(b-a,g-c)?m:f;return u},toCanvas(i,o){let s=i.getContext("2d"),r=this.toImageData(s,o);i.width=r.width,i.height=r.height,s.putImageData(r,0,0)},toDataURL({type:i="image/png",scale:o=1,...s}={}){let r=document.createElement("canvas"),a=r.getContext("2d"),c=this.toImageData(a,s);return r.width=c.width*o,r.height=c.height*o,a.putImageData(c,0,0),a.imageSmoothingEnabled=!1,a.globalCompositeOperation="copy",a.drawImage(r,0,0,c.width,c.height,0,0,r.width,r.height),r.toDataURL(i,1)}}),N=[(t,e)=>1&(t^e),(t,e)=>1&e,t=>t%3,(t,e)=>(t+e)%3,(t,e)=>1&(t/3^e>>1),(t,e)=>(t&e&1)+t*e%3,(t,e)=>(t&e)+t*e%3&1,(t,e)=>(t^e)+t*e%3&1],L=x(511);for(let t=0,e=1;t<255;e=2*e^285*(e>127))L[L[e+255]=t++]=e;var ge=t=>L[t%255],pe=t=>L[t+255],De=(t,e)=>{let n=x(t.length+e.length-1);for(let i=0;i<t.length;++i)for(let o=0;o<e.length;++o)n[i+o]^=ge(t[i]+e[o]);return n.map(pe)},ze=(t,e)=>{let n=x(t.length+e.length-1);n.set(t,0);for(let i=0;i<t.length;++i)if(n[i]){let o=pe(n[i]);for(let s=0;s<e.length;++s)n[i+s]^=ge(e[s]+o)}return n.slice(t.length)},U=[[0],[0,0]];for(let t=1;t<30;++t)U.push(De(U[t],[0,t]));var Ne=(t,e)=>{let n=[[],[]],i=0,o=0;for(let[r,a]of e.o)for(let c=0;c<r;++c,i+=a){let l=t.slice(i,i+a);n[0].push(l),n[1].push(ze(l,U[e.i])),o+=a+e.i}let s=x(o);o=0;for(let r of n)for(let a=0,c=-1;c<o;++a){c=o;for(let l of r)a<l.length&&(s[o++]=l[a])}return s},me=(t,e,n)=>{let i=t<<=n;for(let o=134217728;o>>=1;)i&o&&(i^=e*(o>>n));return i|t},Le=({size:t,K:e},n)=>{let i=(r,a,c,l)=>{for(;c-- >0;r+=t)e.fill(l,r,r+a)},o=(r,a,c)=>{for(let l=0;l++<3;c-=2)i(a*t+r-(c>>1)*(t+1),c,c,2|l)},s=2*((t-13)/(1+(n/7|0))/2+.75|0);if(n>1)for(let r=t-7;r>8;r-=s){for(let a=r;a>8;a-=s)o(r,a,5);r<t-7&&o(r,6,5)}if(n>6)for(let r=me(n,7973,12),a=1;a<7;++a)for(let c=12;c-- >9;r>>=1)e[a*t-c]=2|1&r;i(7,2,9,2),i(t-8,8,9,2);for(let r=0;r<t;++r)e[6*t+r]=3^1&r;o(3,3,7),o(t-4,3,7);for(let r=0;r<t;++r)for(let a=r;a<t;++a)e[a*t+r]=e[r*t+a];e[(t-8)*t+8]=3},qe=({size:t,K:e})=>{let n=[];for(let i=t-2,o=t,s=-1;i>=0;i-=2){for(i===5&&(i=4);o+=s,o!==-1&&o!==t;){let r=o*t+i;e[r+1]||n.push(r+1),e[r]||n.push(r)}s*=-1}return n},Ve=({K:t},e,n)=>e.forEach((i,o)=>t[i]=n[o>>3]>>(7&~o)&1),$e=({size:t,K:e},n,i,o)=>{for(let r=0;r<t;++r)for(let a=0;a<t;++a){let c=r*t+a;e[c]^=!(n(a,r)||2&e[c])}let s=21522^me((1^o)<<3|i,1335,10);for(let r=0;r++<8;s>>=1)e[(r-(r<7))*t+8]=1&s,e[9*t-r]=1&s;for(let r=8;--r,s;s>>=1)e[8*t+r-(r<7)]=1&s,e[(t-r)*t+8]=1&s},je=({size:t,K:e},n=0,i=0)=>{for(let o=0;o<t;++o){for(let s=0;s<2;++s)for(let r,a=0,c=0,l=2;a<t;++a){let d=1&e[s?o*t+a:a*t+o];i+=d,c=(c>>1|2098176)&(3047517^d-1),2049&c&&(n+=40),d^l&&(r=0),l=d,n+=++r===5?3:r>5}if(o)for(let s=t+o,r=5*e[o-1]^e[o];s<t*t;s+=t){let a=5*e[s-1]^e[s];n+=3*!(1&(r|a)|4&(r^a)),r=a}}return n+10*(10*Math.abs(i/(t*t)-1)|0)},ae=[],q=(t=M(1),{minCorrectionLevel:e=0,maxCorrectionLevel:n=3,minVersion:i=1,maxVersion:o=40,mask:s,trailer:r=60433,...a}={})=>{n<e&&M(3),o<i&&M(2),typeof t=="string"&&(t=Oe.auto(t,a));for(let c=i,l=0;c<=o;++c){let d=ae[c];d||(ae[c]=d=K(4*c+17),Le(d,c),d.p=qe(d));let u=Me(c,d.p.length>>3);if(8*u(e).t<l)continue;let h=Ie();t(h,c),l=h.I;for(let m=n;m>=e;--m){let f=u(m);if(8*f.t<l)continue;for(h.I=l+11&-8;h.I<8*f.t;)h.push(r,16);let g=K(d.size,d.K);return Ve(g,d.p,Ne(h.F,f)),(N[s]?[N[s]]:N).map((b,C)=>{let w=K(g.size,g.K);return $e(w,b,s??C,m),w.s=N[s]?0:je(w),w}).reduce((b,C)=>C.s<b.s?C:b)}}M(4)};q.with=(...t)=>(e,n)=>q(e,{modes:[...fe,...t],...n});/*! The bundle holds lean-qr, whose licence asks for this notice:
 *
 * MIT License
 *
 * Copyright (c) 2021-2025 David Evans
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */var X=4,be=29,O=7,Fe="http://www.w3.org/2000/svg";function k(t,e,...n){let i=document.createElementNS(Fe,t);for(let[o,s]of Object.entries(e))i.setAttribute(o,String(s));return i.append(...n),i}function ve(t){let{size:e,get:n}=Re(t);return we(e,n,{class:"code",part:"code"})}function ke(){return we(be,Ge,{class:"ghost","aria-hidden":"true"})}function Re(t){let e=q(t,{minCorrectionLevel:ce.M});return{size:e.size,get:(n,i)=>e.get(n,i)}}function we(t,e,n){let i="";for(let s=0;s<t;s+=1)for(let r=0;r<t;r+=1){let a=r;for(;r<t&&e(r,s);)r+=1;r>a&&(i+=`M${a} ${s}h${r-a}v1h${a-r}z`)}let o=t+2*X;return k("svg",{viewBox:`${-X} ${-X} ${o} ${o}`,"shape-rendering":"crispEdges",...n},k("path",{d:i,fill:"currentColor"}))}function Ge(t,e){let n=be-O,i=r=>r<O?r:r-n,o=r=>r<O||r>=n;return o(t)&&o(e)&&!(t>=n&&e>=n)?Math.max(Math.abs(i(t)-3),Math.abs(i(e)-3))!==2:!((t<=O||t>=n-1)&&(e<=O||e>=n-1)&&!(t>=n&&e>=n))&&(t*73^e*151^t*e*31)%7<2}var Ke={phone:"M8 2.75h8A1.75 1.75 0 0 1 17.75 4.5v15A1.75 1.75 0 0 1 16 21.25H8A1.75 1.75 0 0 1 6.25 19.5v-15A1.75 1.75 0 0 1 8 2.75zM9.25 12.2l2 2 3.6-4.1M11 18.4h2",check:"M5 12.6l4.6 4.6L19.2 7.4",cross:"M6.75 6.75l10.5 10.5M17.25 6.75L6.75 17.25",cloud:"M3.5 3.5l17 17M9.2 6.3A6 6 0 0 1 17.6 10.6 4 4 0 0 1 20 17.4M16.6 18.25H7A4.25 4.25 0 0 1 6.2 9.85",warning:"M12 4.1L2.9 19.6h18.2zM12 10v4.4M12 16.9v.2",clock:"M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 1 0 0-17zM12 7.4V12l3 1.9"};function xe(t){return k("svg",{viewBox:"0 0 24 24",class:"icon",part:"icon","aria-hidden":"true","stroke-width":1.75,...{fill:"none",stroke:"currentColor","stroke-linecap":"round","stroke-linejoin":"round"}},k("path",{d:Ke[t]}))}function ye(){let e={d:"M50 1H90A9 9 0 0 1 99 10V90A9 9 0 0 1 90 99H10A9 9 0 0 1 1 90V10A9 9 0 0 1 10 1H50",fill:"none","stroke-width":1.1,"stroke-linecap":"round",pathLength:100},n=k("path",{...e,class:"left",part:"ring"});return{element:k("svg",{viewBox:"0 0 100 100",class:"ring","aria-hidden":"true"},k("path",{...e,class:"track",part:"ring-track"}),n),show(o){n.setAttribute("stroke-dasharray",`${(o*100).toFixed(2)} 100`),n.setAttribute("visibility",o>0?"visible":"hidden")}}}var Pe=`
:host {
  --_ink: var(--scanlatch-ink, #14202b);
  --_quiet: var(--scanlatch-quiet-ink, #566472);
  --_panel: var(--scanlatch-panel, #eef2f6);
  --_line: var(--scanlatch-line, #d5dde5);
  --_accent: var(--scanlatch-accent, #1f5fd6);
  --_good: var(--scanlatch-good, #0d7a56);
  --_bad: var(--scanlatch-bad, #b3362f);
  --_soon: var(--scanlatch-soon, #b26a00);
  --_radius: var(--scanlatch-radius, 6.5%);
  display: block;
  box-sizing: border-box;
  inline-size: var(--scanlatch-size, min(70vmin, 28rem));
  max-inline-size: 100%;
  color: var(--_ink);
  font: 1rem/1.4 var(--scanlatch-font, system-ui, sans-serif);
  text-align: center;
}
@supports (color: light-dark(red, red)) {
  :host {
    --_ink: var(--scanlatch-ink, light-dark(#14202b, #eaf0f6));
    --_quiet: var(--scanlatch-quiet-ink, light-dark(#566472, #a3b2c1));
    --_panel: var(--scanlatch-panel, light-dark(#eef2f6, #1c2630));
    --_line: var(--scanlatch-line, light-dark(#d5dde5, #34424f));
    --_accent: var(--scanlatch-accent, light-dark(#1f5fd6, #7aa8ff));
    --_good: var(--scanlatch-good, light-dark(#0d7a56, #45c79a));
    --_bad: var(--scanlatch-bad, light-dark(#b3362f, #f2857d));
    --_soon: var(--scanlatch-soon, light-dark(#b26a00, #f0b04f));
  }
}
:host([hidden]), [hidden] { display: none !important; }
.root { container-type: inline-size; }
.frame { position: relative; aspect-ratio: 1; padding: 4.2cqi; box-sizing: border-box; }
.ring { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
.track { stroke: var(--_line); }
.left { stroke: var(--_accent); }
[data-state=expiring] .left { stroke: var(--_soon); }
[data-state=scanned] .track { stroke: var(--_accent); }
[data-state=approved] .track { stroke: var(--_good); }
.frame:not([data-timed]) .left { display: none; }
.card {
  position: relative;
  block-size: 100%;
  display: grid;
  place-items: center;
  overflow: hidden;
  border-radius: var(--_radius);
  background: var(--_panel);
}
.card > * { grid-area: 1 / 1; }
.card svg { display: block; }
.code { inline-size: 100%; block-size: 100%; color: var(--scanlatch-code-ink, #0a0f14); background: var(--scanlatch-code-paper, #fff); }
.ghost { inline-size: 100%; block-size: 100%; color: var(--_line); opacity: .55; }
.disc {
  position: relative;
  display: grid;
  place-items: center;
  inline-size: 44%;
  aspect-ratio: 1;
  border-radius: 50%;
  color: var(--_accent);
  background: var(--_panel);
  box-shadow: 0 0 0 3cqi var(--_panel);
}
.disc::before { content: ""; position: absolute; inset: 0; border-radius: inherit; background: currentColor; opacity: .13; }
.number { color: var(--_ink); font-size: 52cqi; font-weight: 700; line-height: 1; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.icon { position: relative; inline-size: 56%; }
[data-state=approved] .disc { color: var(--_good); }
[data-state=declined] .disc, [data-state=error] .disc { color: var(--_bad); }
[data-state=offline] .disc, [data-state=expired] .disc { color: var(--_quiet); }
.below { min-block-size: 9.6em; font-size: clamp(.9375rem, 3.9cqi, 4rem); }
.message { padding-block-start: 1em; outline: none; }
p { margin: 0; text-wrap: balance; }
.title { font-size: 1.4em; font-weight: 650; line-height: 1.25; }
.hint, .soon { margin-block-start: .35em; color: var(--_quiet); }
.soon, [data-state=expiring] .hint { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[data-state=expiring] .soon { position: static; inline-size: auto; block-size: auto; clip-path: none; white-space: normal; }
.short-code { margin-block-start: .8em; color: var(--_quiet); }
.short-code-letters { display: block; color: var(--_ink); font-size: 1.4em; font-weight: 650; letter-spacing: .06em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.reason { margin-block-start: .5em; color: var(--_quiet); font-size: .8em; overflow-wrap: anywhere; }
button {
  margin-block-start: 1em;
  min-block-size: 2.75rem;
  padding: .55em 1.5em;
  border: 1px solid var(--_quiet);
  border-radius: var(--scanlatch-button-radius, 99rem);
  color: var(--_ink);
  background: transparent;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:hover { background: var(--_panel); }
button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
[data-state=declined] button, [data-state=error] button { border-color: transparent; color: var(--scanlatch-on-accent, Canvas); background: var(--_accent); }
[data-state=declined] button:hover, [data-state=error] button:hover { background: color-mix(in srgb, var(--_accent), var(--_ink) 18%); }
.no-phone { margin-block-start: 1em; }
@media (prefers-reduced-motion: no-preference) {
  .code, .disc, .number { animation: appear .28s ease-out; }
  [data-state=approved] .disc { animation: arrive .42s cubic-bezier(.2, 1.4, .4, 1); }
  [data-state=connecting] .ghost, [data-state=scanned] .track { animation: breathe 2.4s ease-in-out infinite; }
  button { transition: background-color .15s; }
}
@keyframes appear { from { opacity: 0; } }
@keyframes arrive { from { opacity: 0; transform: scale(.7); } }
@keyframes breathe { 50% { opacity: .25; } }
@media (forced-colors: active) {
  .code { forced-color-adjust: none; }
  .card { border: 1px solid CanvasText; }
  .track, [data-state] .track { stroke: GrayText; }
  .left { stroke: Highlight; }
  .ghost { color: GrayText; }
  .disc { color: CanvasText; background: Canvas; box-shadow: none; border: 2px solid; }
  .disc::before { display: none; }
}
`,V;function Ce(){return V||(V=new CSSStyleSheet,V.replaceSync(Pe)),[V]}var Be=["expired_token","token_invalid","action_already_succeeded"],Ue={scanned:"phone",approved:"check",declined:"cross",offline:"cloud",error:"warning",expired:"clock"},j=class{#i;#n=p("div","root");#e=p("div","frame");#t=p("div","card");#o=p("div","message");#s=p("p","title");#d=p("p","hint");#l=p("p","soon");#h=p("p","short-code");#a=p("span","short-code-hint");#r=p("span","short-code-letters");#p=p("p","reason");#c=p("button","button");#u=p("div","no-phone");#f=ye();#m="";constructor(e,n){this.#i=e,e.adoptedStyleSheets=Ce(),this.#o.setAttribute("role","status"),this.#o.tabIndex=-1,this.#l.setAttribute("aria-hidden","true");for(let s of[this.#s,this.#d,this.#l,this.#a,this.#c])s.dir="auto";this.#r.dir="ltr",this.#r.translate=!1,this.#c.setAttribute("type","button"),this.#c.addEventListener("click",n);let i=document.createElement("slot");i.name="no-phone",this.#u.append(i),this.#e.append(this.#f.element,this.#t),this.#o.append(this.#s,this.#d,this.#l);let o=p("div","below");this.#h.append(this.#a," ",this.#r),o.append(this.#o,this.#h,this.#p,this.#c,this.#u),this.#n.append(this.#e,o),e.append(this.#n)}show(e){let{state:n,texts:i,errorCode:o}=e,s=n==="error"&&Be.includes(o??"");$(this.#n,"lang",e.lang),$(this.#n,"data-state",n),this.#e.toggleAttribute("data-timed",n==="code"||n==="expiring"),this.#b(e),y(this.#s,We(e)),y(this.#d,s?i.staleHint:Qe(e)),y(this.#l,i.expiring),y(this.#a,i.shortCode),y(this.#r,e.shortCode??""),this.#h.hidden=this.#a.hidden||this.#r.hidden,y(this.#p,n==="error"?o??"":"");let r=n==="scanned"?i.cancel:n==="declined"||n==="error"?i.retry:"";this.#v(s?"":r),this.#u.hidden=n==="scanned"||n==="approved"||n==="declined"}drain(e){this.#f.show(e)}#b({state:e,code:n,number:i,texts:o}){let s=e==="scanned"?i:void 0,r=n===void 0?`${e} ${s??""}`:`code ${n}`;if(r!==this.#m)if(this.#m=r,n!==void 0)this.#t.replaceChildren(ve(n));else if(s!==void 0)this.#t.replaceChildren(Ye(s));else{let c=Ue[e],l=p("div","disc");c&&l.append(xe(c)),this.#t.replaceChildren(ke(),...c?[l]:[])}let a=this.#t.querySelector(".code");a&&($(a,"role","img"),$(a,"aria-label",o.label))}#v(e){let n=this.#i.activeElement===this.#c;y(this.#c,e),n&&this.#c.hidden&&this.#o.focus({preventScroll:!0})}};function We({state:t,number:e,texts:n}){return t==="scanned"&&e!==void 0?n.number.replaceAll("{number}",()=>e):n[t==="expiring"?"code":t]}function Ye(t){let e=p("span","number");return e.setAttribute("aria-hidden","true"),e.translate=!1,e.dir="ltr",e.textContent=t,e}function Qe({state:t,texts:e,isOffline:n,number:i}){return t==="code"||t==="expiring"?n?e.codeOfflineHint:e.codeHint:t==="scanned"&&n?e.scannedOfflineHint:t==="scanned"&&i!==void 0?e.numberHint:t==="declined"&&i!==void 0?e.declinedNumberHint:e[`${t}Hint`]}function p(t,e){let n=document.createElement(t);return n.className=e,n.setAttribute("part",e),n}function $(t,e,n){t.getAttribute(e)!==n&&t.setAttribute(e,n)}function y(t,e){t.textContent!==e&&(t.textContent=e),t.hidden=e===""}import{Scanlatch as Je}from"./index.js";var Se=["tenant-id","base-url","socket-url"],He=["action","polling","refresh-interval","renew-interval","short-code"],Xe=["lang","link","texts"],Ze=globalThis.HTMLElement??class{},Z=class extends Ze{static observedAttributes=[...Se,...He,...Xe];#i;#n=new D((e,n)=>this.#v(e,n));#e;#t=A;#o="";#s="nothing";#d;#l;#h;#a;constructor(){super(),this.#i=new j(this.attachShadow({mode:"open"}),()=>{this.refresh()});for(let e of["create","custom","token","texts"]){if(!Object.hasOwn(this,e))continue;let n=this[e];delete this[e],Object.assign(this,{[e]:n})}}get state(){return ie(this.#t)}get custom(){return this.#d}set custom(e){this.#d=e,this.#r("ask")}get token(){return this.#l}set token(e){this.#l=e,e&&this.#e?.setToken(e),this.#r(e&&this.#e?"ask":"connect")}get create(){return this.#a}set create(e){this.#a=e,this.#r("ask")}get texts(){return this.#h}set texts(e){this.#h=e,this.#r("look")}async refresh(){await this.#f()}connectedCallback(){this.#r(this.#e?"look":"connect")}disconnectedCallback(){queueMicrotask(()=>{this.isConnected||this.#u()})}attributeChangedCallback(e,n,i){if(n===i)return;let o=s=>s.includes(e);this.#r(o(Se)?"connect":o(He)?"ask":"look")}#r(e){let n=["nothing","look","ask","connect"];this.#s==="nothing"&&queueMicrotask(()=>this.#p()),n.indexOf(e)>n.indexOf(this.#s)&&(this.#s=e)}#p(){let e=this.#s;if(this.#s="nothing",!!this.isConnected){if(e==="connect"||!this.#e)return this.#c();if(e==="ask")return void this.#f();this.#w()}}#c(){this.#u();let[e,n,i]=["tenant-id","base-url","action"].map(r=>this.getAttribute(r)??"");if(!e||!n||!i)return this.#k("tenant-id, base-url and action must be given","attribute_missing");let o=this.getAttribute("socket-url"),s=this.#l;try{this.#e=new Je({tenantId:e,baseUrl:n,...o&&{socketUrl:o},...s&&{token:s}})}catch(r){return this.#k(r instanceof Error?r.message:String(r),"attribute_invalid")}this.#f()}#u(){this.#e?.qrCode.disconnect(),this.#e=void 0,this.#n.stop(),this.#t=A,this.#o=""}async#f(){let e=this.#e;if(!e)return this.#r("connect");(this.#t.progress==="approved"||this.#t.progress==="rejected"||this.#t.error)&&this.#g(A);let{error:i,errorCode:o}=await e.qrCode.challenge(this.#m(e));e!==this.#e||o===void 0||o==="disconnected"||o==="challenge_already_decided"||(e.qrCode.disconnect(),this.#e=void 0,this.#k(i??o,o))}#m(e){let n=Number(this.getAttribute("refresh-interval")),i=Number(this.getAttribute("renew-interval"));return{action:this.getAttribute("action")??"",polling:this.hasAttribute("polling"),shortCode:this.hasAttribute("short-code"),...n>0&&{refreshInterval:n},...i>0&&{renewInterval:i},...this.#d&&{custom:this.#d},...this.#a&&{create:this.#a},onStatus:o=>{e===this.#e&&this.#b(o)},onVerificationCode:o=>{e===this.#e&&this.#g({...this.#t,number:o})},onStateChange:(o,s)=>{e===this.#e&&(this.#g({...this.#t,progress:o}),o==="approved"&&s&&this.#x("scanlatch-token",{token:s},!1))}}}#b(e){let n=this.#t.status?.challengeId;this.#g(ne(this.#t,e)),e.challengeId!==void 0&&e.challengeId!==n&&e.nextMs!==void 0&&this.#n.start(e.nextMs)}#v(e,n){this.#i.drain(e),n!==this.#t.isDue&&this.#g({...this.#t,isDue:n})}#k(e,n){this.#g({...A,error:{error:e,errorCode:n}})}#g(e){this.#t=e,this.#w()}#w(){let{status:e,error:n,isOffline:i,number:o}=this.#t,{state:s}=this;s!=="code"&&s!=="expiring"&&s!=="scanned"&&this.#n.stop();let r=s==="code"||s==="expiring",a={...G(this.getAttribute("texts")),...G(this.#h)};this.#i.show({state:s,code:r?this.#y(e?.challengeId??""):void 0,shortCode:r?e?.shortCode:void 0,number:o,isOffline:i,errorCode:n?.errorCode,...oe(this.#C(),a)}),this.dataset.state=s;let{challengeId:c,expiresAt:l,shortCode:d}=e??{},u=s==="scanned"?o:void 0,h=[s,n?.errorCode??c,u].join();if(h===this.#o)return;this.#o=h;let m={...c&&{challengeId:c},...l&&{expiresAt:l},...d&&{shortCode:d},...u&&{verificationCode:u}};this.#x("scanlatch-state",{state:s,...m,...n},!0)}#y(e){return this.getAttribute("link")?.replaceAll("{challengeId}",e)??e}#C(){return this.closest("[lang]")?.lang??document.documentElement.lang}#x(e,n,i){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:i,detail:n}))}};globalThis.customElements&&!customElements.get("scanlatch-qr")&&customElements.define("scanlatch-qr",Z);export{Z as ScanlatchQrElement};
