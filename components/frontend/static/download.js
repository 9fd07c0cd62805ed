(() => {
var{dataset:e}=document.documentElement,t=new Set(JSON.parse(e.csDownloads??`[]`));for(let n of document.querySelectorAll(`a[data-cs-download]`)){let r=n.dataset.csDownload??``;t.has(r)||(t.add(r),e.csDownloads=JSON.stringify([...t]),n.click())}})();
