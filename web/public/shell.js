// The page is the same file for every address; its heading is only true of the first page.
if (location.pathname !== "/") document.documentElement.classList.add("elsewhere");
else if (sessionStorage.getItem("expects-next")) document.documentElement.classList.add("expects-next");
